import { splitBy } from "./behavior.ts";
import { textMatcher } from "./class-splitter.ts";
import type { PieceRewrite, Stage } from "./pre-tokenizer.ts";

export interface MetaspaceOptions {
  /** What stands for a space, "▁" in every model in use. */
  readonly replacement: string;
  /** Which pieces get it in front, if they do not begin with it: all, that at the start of the text, none. */
  readonly scheme: "always" | "first" | "never";
  /** Cuts in front of it. */
  readonly split: boolean;
}

/** Spells spaces so that they are seen, and cuts in front of them. */
export function metaspaceStages({ replacement, scheme, split }: MetaspaceOptions): Stage[] {
  const rewrite: PieceRewrite = (out, start, end, isFirst) => {
    const { source } = out;
    out.keep(start);
    const begins = source[start] === " " || source.startsWith(replacement, start);
    if (start < end && !begins && (scheme === "always" || (scheme === "first" && isFirst))) {
      out.replace(start, replacement);
    }
    for (let at = source.indexOf(" ", start); at >= 0 && at < end; at = source.indexOf(" ", at + 1)) {
      out.keep(at);
      out.replace(at + 1, replacement);
    }
    out.keep(end);
  };
  const stages: Stage[] = [{ kind: "rewrite", rewrite }];
  if (split) stages.push({ kind: "split", split: splitBy(textMatcher(replacement), "MergedWithNext", false) });
  return stages;
}
