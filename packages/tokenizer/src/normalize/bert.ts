import { lowercase, mapChars } from "./edits.ts";
import { type Normalizer, rewriting, sequence } from "./normalizer.ts";
import { unicodeForm } from "./unicode-form.ts";

export interface BertOptions {
  /** Takes control characters away and makes every white space a plain one. */
  readonly cleanText: boolean;
  /** Puts spaces around Chinese characters. */
  readonly spaceChinese: boolean;
  /** Takes accents away. */
  readonly stripAccents: boolean;
  readonly lowercase: boolean;
}

/** BERT's normalizer. */
export function bertNormalizer(options: BertOptions): Normalizer {
  const steps: Normalizer[] = [];
  if (options.cleanText) steps.push(cleanText);
  if (options.spaceChinese) steps.push(spaceChinese);
  if (options.stripAccents) steps.push(unicodeForm("NFD"), stripNonspacing);
  if (options.lowercase) steps.push(lowercase);
  return sequence(steps);
}

// --- internal ---

// The reference's tables know no unassigned code points.
const isControl = /[\p{Cc}\p{Cf}\p{Co}\ufffd]/u;
const isSpace = /\p{White_Space}/u;
const isNonspacing = /\p{Mn}/u;
const isChinese =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/u;

const cleanText = charEdits((char) => {
  if (char === "\t" || char === "\n" || char === "\r") return " ";
  if (isControl.test(char)) return "";
  return isSpace.test(char) ? " " : char;
});
const spaceChinese = charEdits((char) => (isChinese.test(char) ? ` ${char} ` : char));
const stripNonspacing = charEdits((char) => (isNonspacing.test(char) ? "" : char));

function charEdits(map: (char: string) => string): Normalizer {
  return rewriting((out) => mapChars(out.source, (char) => (char > " " && char <= "~" ? char : map(char)), out));
}
