import { composed, type Derived, Rewriter } from "../encode/rewriter.ts";

/** Changes a text before it is cut into pieces. */
export interface Normalizer {
  /** The changed text. */
  readonly apply: (text: string) => string;
  /** Makes the same text in a rewriter, which keeps where each character came from. */
  readonly rewrite: (out: Rewriter) => void;
}

/** The normalized text with where each unit came from. */
export function derive(normalizer: Normalizer, text: string): Derived {
  const out = new Rewriter(text);
  normalizer.rewrite(out);
  return out.finish();
}

/** Normalizers one after the other. */
export function sequence(normalizers: readonly Normalizer[]): Normalizer {
  return {
    apply: (text) => normalizers.reduce((changed, normalizer) => normalizer.apply(changed), text),
    rewrite: (out) => {
      let derived: Derived = { text: out.source, from: undefined };
      for (const normalizer of normalizers) derived = composed(derived, derive(normalizer, derived.text));
      copy(derived, out);
    },
  };
}

/** A normalizer that only a rewriter describes. */
export function rewriting(rewrite: (out: Rewriter) => void): Normalizer {
  return {
    rewrite,
    apply: (text) => {
      const out = new Rewriter(text);
      rewrite(out);
      return out.finish().text;
    },
  };
}

// --- internal ---

/** Writes a derived text into another rewriter, unit by unit where units moved. */
function copy({ text, from }: Derived, out: Rewriter): void {
  if (from === undefined) return;
  for (let i = 0; i < text.length; i++) out.replace(from[i + 1]!, text[i]!);
  if (text.length === 0) out.replace(out.source.length, "");
}
