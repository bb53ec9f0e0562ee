import type { Message } from "@palaver/core";
import { byteTokenizer } from "@palaver/core/testing";
import type { DialogueExample } from "../data/example.ts";

/** A byte tokenizer with the control tokens of ChatML. */
export const chatmlTokenizer = byteTokenizer({ controlTokens: ["<|begin|>", "<|im_end|>", "<|im_start|>"] });

export function dialogue(messages: readonly Message[], train?: readonly boolean[]): DialogueExample {
  return { type: "dialogue", messages, tools: [], train: train ?? messages.map(() => true) };
}

/** Two questions with their answers. */
export const twoTurns = dialogue([
  { role: "system", content: "Be kind." },
  { role: "user", content: "Who are you?" },
  { role: "assistant", content: "A parrot." },
  { role: "user", content: "Say hi." },
  { role: "assistant", content: "Hi!" },
]);
