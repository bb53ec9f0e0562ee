import { characterStarts } from "../code-points.ts";
import type { Run } from "../run.ts";
import { findAll } from "../search-text.ts";
import type { Text } from "../text.ts";

/** `text.replace(old, new, limit)`; a negative limit is none. What is put in keeps the origins of `replacement`. */
export function replaceText(text: Text, wanted: Text, replacement: Text, limit: number, run: Run): Text {
  const maximum = limit < 0 ? Number.POSITIVE_INFINITY : limit;
  const places =
    wanted.length === 0
      ? everyPlace(text.text, run).slice(0, Math.min(maximum, text.length + 1))
      : findAll(text.text, wanted.text, maximum, run);
  run.budget.step(places.length);
  if (places.length === 0) return text;
  const builder = run.builder();
  let start = 0;
  for (const place of places) {
    if (place > start) builder.add(text.slice(start, place));
    builder.add(replacement);
    start = place + wanted.length;
  }
  if (start < text.length) builder.add(text.slice(start, text.length));
  return builder.build(text.markup);
}

// --- internal ---

/** Before each character, and at the end. */
function everyPlace(text: string, run: Run): number[] {
  run.budget.step(text.length);
  return characterStarts(text, run.budget) ?? Array.from({ length: text.length + 1 }, (_, index) => index);
}
