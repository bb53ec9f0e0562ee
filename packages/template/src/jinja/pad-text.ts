import { countCharacters } from "./code-points.ts";
import { type Origin, templateOrigin } from "./origin.ts";
import type { Run } from "./run.ts";
import type { Text } from "./text.ts";

export interface PadOptions {
  /** Where the text stands; `^` is the middle as format strings take it, `center` as `str.center` does. */
  readonly align: "<" | ">" | "^" | "center";
  /** One character. Default: a space. */
  readonly fill?: string;
  readonly fillOrigin?: Origin;
}

/** The text in a field of `width` characters. */
export function padText(
  text: Text,
  width: number,
  { align, fill = " ", fillOrigin = templateOrigin }: PadOptions,
  run: Run,
): Text {
  const missing = width - countCharacters(text.text, run.budget);
  if (missing <= 0) return text;
  run.budget.charge(missing * fill.length);
  // An odd character goes to the right; with `center` and an odd width, to the left.
  const half = Math.floor(missing / 2) + (align === "center" ? missing & width & 1 : 0);
  const left = align === "<" ? 0 : align === ">" ? missing : half;
  return run
    .builder()
    .addString(fill.repeat(left), fillOrigin)
    .add(text)
    .addString(fill.repeat(missing - left), fillOrigin)
    .build(text.markup);
}
