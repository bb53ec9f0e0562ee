import { characterStarts } from "./code-points.ts";
import type { Run } from "./run.ts";
import { sliceBounds } from "./slice-indices.ts";
import type { Text } from "./text.ts";

/** `text[start:stop]` in characters, by Python's rules for negative and missing bounds. */
export function sliceText(text: Text, start: number | undefined, stop: number | undefined, run: Run): Text {
  const starts = characterStarts(text.text, run.budget);
  const length = starts ? starts.length - 1 : text.length;
  const [first, last] = sliceBounds(length, start, stop);
  const end = Math.max(first, last);
  return starts ? text.slice(starts[first]!, starts[end]!) : text.slice(first, end);
}

/** The character at `index`, which may count from the end; undefined beyond either end. */
export function characterAt(text: Text, index: number, run: Run): Text | undefined {
  const starts = characterStarts(text.text, run.budget);
  const length = starts ? starts.length - 1 : text.length;
  const at = index < 0 ? index + length : index;
  if (at < 0 || at >= length) return undefined;
  return starts ? text.slice(starts[at]!, starts[at + 1]!) : text.slice(at, at + 1);
}
