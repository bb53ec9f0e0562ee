import { orderMarks } from "./mark-runs.ts";
import { type Normalizer, rewriting } from "./normalizer.ts";

/** One of Unicode's normalization forms. */
export function unicodeForm(form: "NFC" | "NFD" | "NFKC" | "NFKD"): Normalizer {
  return {
    apply: (text) => (isAscii(text) ? text : orderMarks(text).normalize(form)),
    rewrite: rewriting((out) => {
      const { source } = out;
      if (isAscii(source)) return;
      const clusters = source.match(cluster) ?? [];
      const changed = clusters.map((part) => orderMarks(part).normalize(form));
      const whole = orderMarks(source).normalize(form);
      // Should a border between clusters ever matter to the form, the whole text is one cluster.
      const isSame = changed.join("") === whole;
      let at = 0;
      for (const [index, part] of (isSame ? clusters : [source]).entries()) {
        const text = isSame ? changed[index]! : whole;
        if (text !== part) {
          out.keep(at);
          out.replace(at + part.length, text);
        }
        at += part.length;
      }
    }).rewrite,
  };
}

// --- internal ---

/** A character with what may combine with it: marks, and the later parts of a Korean syllable. */
const cluster = /[\s\S]?[\p{M}\u1160-\u11ff\u{16d67}\u{16d68}]*/gu;

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}
