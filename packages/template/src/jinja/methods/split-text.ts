/** `split`, `rsplit`, `splitlines`, `partition` as Python does them; every piece keeps the origins of its characters. */
import { isLineBreak, isPythonSpace, skipSpace, trimmedEnd } from "../python-space.ts";
import type { Run } from "../run.ts";
import { chargeSearch, findAll } from "../search-text.ts";
import type { Text } from "../text.ts";

/** Pieces between white space; at most `limit` cuts, from the left. A negative limit is none. */
export function splitOnSpace(text: Text, limit: number, run: Run): Text[] {
  run.budget.step(text.length);
  const pieces: Text[] = [];
  let at = skipSpace(text.text, 0);
  while (at < text.length) {
    if (limit >= 0 && pieces.length >= limit) {
      pieces.push(text.slice(at, text.length));
      break;
    }
    let end = at;
    while (end < text.length && !isPythonSpace(text.text.charCodeAt(end))) end++;
    pieces.push(text.slice(at, end));
    at = skipSpace(text.text, end);
  }
  return pieces;
}

/** As `splitOnSpace`, with the cuts counted from the right. */
export function splitOnSpaceFromRight(text: Text, limit: number, run: Run): Text[] {
  run.budget.step(text.length);
  const pieces: Text[] = [];
  let end = trimmedEnd(text.text);
  while (end > 0) {
    let at = end;
    while (at > 0 && !isPythonSpace(text.text.charCodeAt(at - 1))) at--;
    if (limit >= 0 && pieces.length >= limit) at = 0;
    pieces.push(text.slice(at, end));
    if (limit >= 0 && pieces.length > limit) break;
    end = trimmedEnd(text.text.slice(0, at));
  }
  return pieces.reverse();
}

/** Pieces between separators; at most `limit` cuts. */
export function splitOn(text: Text, separator: Text, limit: number, fromRight: boolean, run: Run): Text[] {
  if (separator.length === 0) return run.fail("split needs a separator that is not empty");
  const all = fromRight ? placesFromRight(text.text, separator.text, run) : undefined;
  const maximum = limit < 0 ? Number.POSITIVE_INFINITY : limit;
  const places = all
    ? all.slice(0, Math.min(maximum, all.length)).reverse()
    : findAll(text.text, separator.text, maximum, run);
  const pieces: Text[] = [];
  let start = 0;
  for (const place of places) {
    pieces.push(text.slice(start, place));
    start = place + separator.length;
  }
  pieces.push(start === 0 ? text : text.slice(start, text.length));
  return pieces;
}

/** The lines of a text; their ends are part of them with `keepEnds`. */
export function splitLines(text: Text, keepEnds: boolean, run: Run): Text[] {
  run.budget.step(text.length);
  const lines: Text[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.text.charCodeAt(at);
    if (!isLineBreak(code)) continue;
    const end = code === 0x0d && text.text.charCodeAt(at + 1) === 0x0a ? at + 2 : at + 1;
    lines.push(text.slice(start, keepEnds ? end : at));
    start = end;
    at = end - 1;
  }
  if (start < text.length) lines.push(text.slice(start, text.length));
  return lines;
}

// --- internal ---

function placesFromRight(text: string, wanted: string, run: Run): number[] {
  chargeSearch(run, text.length, wanted.length);
  const places: number[] = [];
  for (let from = text.length; from >= wanted.length; ) {
    const at = text.lastIndexOf(wanted, from - wanted.length);
    if (at < 0) break;
    run.budget.step();
    places.push(at);
    from = at;
  }
  return places;
}
