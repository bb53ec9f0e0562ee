import type { Tokenizer } from "@palaver/core";
import type { EncodedPrompt } from "../encode-prompt.ts";

/** What a mask covers, one string for each run of ones. */
export function learntTexts(
  tokenizer: Tokenizer,
  { ids, lossMask }: Pick<EncodedPrompt, "ids" | "lossMask">,
): string[] {
  const runs: number[][] = [];
  ids.forEach((id, index) => {
    if (lossMask[index] !== 1) return;
    if (lossMask[index - 1] === 1) runs.at(-1)!.push(id);
    else runs.push([id]);
  });
  return runs.map((run) => tokenizer.decode(run));
}
