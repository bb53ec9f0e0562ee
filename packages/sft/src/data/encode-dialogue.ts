import { PalaverError, type Tokenizer } from "@palaver/core";
import { type ChatTemplate, type EncodedPrompt, encodePrompt } from "@palaver/template";
import { maskRuns } from "../check/mask-runs.ts";
import type { DialogueExample } from "./example.ts";

/** What is learnt of a dialogue: the assistant's turns, everything, or the assistant's last turn. */
export type TrainedPart = "assistant" | "all" | "last-turn";

export interface EncodeDialogueOptions {
  readonly template: ChatTemplate;
  readonly tokenizer: Tokenizer;
  /** Messages with `train: false` are never learnt, whatever this says. Default: `assistant`. */
  readonly train?: TrainedPart | undefined;
}

/**
 * A dialogue as the model reads it, with the mask of what is learnt.
 * @throws ERR_UNSUPPORTED with `details.messageIndex` where no exact mask can be made, ERR_INVALID_ARGUMENT where the
 * template refuses the conversation; see `encodePrompt` of `@palaver/template`
 */
export function encodeDialogue(dialogue: DialogueExample, options: EncodeDialogueOptions): EncodedPrompt {
  const { template, tokenizer, train = "assistant" } = options;
  const { messages, tools } = dialogue;
  const encoded = encodePrompt(template, tokenizer, messages, { tools });
  const isRead = messages.flatMap(({ role }, index) => (role === "assistant" ? [dialogue.train[index] === false] : []));
  if (train === "assistant" && !isRead.includes(true)) return encoded;
  const runs = maskRuns(encoded.lossMask);
  if (isRead.includes(true) && runs.length !== isRead.length) {
    throw new PalaverError(
      "ERR_UNSUPPORTED",
      `the template gives ${isRead.length} turns of the assistant ${runs.length} trained parts: which are not to be trained cannot be told`,
    );
  }
  const lossMask = encoded.ids.map(() => (train === "all" ? 1 : 0));
  for (const [turn, { start, end }] of runs.entries()) {
    const isWanted = train === "all" || train === "assistant" || turn === runs.length - 1;
    lossMask.fill(isWanted && !isRead[turn] ? 1 : 0, start, end);
  }
  return { ...encoded, lossMask };
}
