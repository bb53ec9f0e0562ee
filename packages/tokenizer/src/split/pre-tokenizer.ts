/** Cuts a text into the pieces that the model sees one by one: a list of stages, each of which cuts or rewrites. */
import { composed, type Derived, Rewriter } from "../encode/rewriter.ts";
import type { Splitter } from "./splitter.ts";

/** Rewrites `source[start, end)`; `isFirst` for the piece that begins the whole text. Ends with `out.keep(end)`. */
export type PieceRewrite = (out: Rewriter, start: number, end: number, isFirst: boolean) => void;

/** One step of a pre-tokenizer. */
export type Stage =
  | { readonly kind: "split"; readonly split: Splitter }
  | { readonly kind: "rewrite"; readonly rewrite: PieceRewrite };

/** Pieces, as ranges of a text that was perhaps rewritten. */
export interface Pieces extends Derived {
  /** Starts and ends, ascending. */
  readonly ranges: readonly number[];
}

/** Runs the stages over `text[start, end)`. `isFirst`: nothing comes before it. */
export function preTokenize(
  stages: readonly Stage[],
  text: string,
  start: number,
  end: number,
  isFirst: boolean,
): Pieces {
  let pieces: Derived = { text, from: undefined };
  let ranges = [start, end];
  const firstStart = isFirst ? start : -1;
  for (const stage of stages) {
    if (stage.kind === "split") {
      const next: number[] = [];
      for (let i = 0; i < ranges.length; i += 2) stage.split(pieces.text, ranges[i]!, ranges[i + 1]!, next);
      ranges = next;
      continue;
    }
    const out = new Rewriter(pieces.text);
    const next: number[] = [];
    for (let i = 0; i < ranges.length; i += 2) {
      out.keep(ranges[i]!);
      const from = out.length;
      const sourceStart = pieces.from?.[ranges[i]!] ?? ranges[i]!;
      stage.rewrite(out, ranges[i]!, ranges[i + 1]!, sourceStart === firstStart);
      next.push(from, out.length);
    }
    pieces = composed(pieces, out.finish());
    ranges = next;
  }
  return { ...pieces, ranges };
}
