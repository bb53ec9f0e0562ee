import { PalaverError, type Tokenizer } from "@palaver/core";
import type { TrainingSequence } from "../packing/training-sequence.ts";
import type { CompletionExample } from "./example.ts";

/** A text to learn as a whole, with the tokens that begin and end a text where the vocabulary has them. */
export function textSequence(text: string, tokenizer: Tokenizer): TrainingSequence {
  return { ids: withEnd(tokenizer.encode(text, { addSpecialTokens: true }), tokenizer) };
}

/**
 * A prompt that is read and a completion that is learnt, its end included. They are encoded one by one, as they are when
 * the model is asked. @throws ERR_UNSUPPORTED where the vocabulary has no token that ends a text
 */
export function completionSequence(
  { prompt, completion }: Omit<CompletionExample, "type">,
  tokenizer: Tokenizer,
): TrainingSequence {
  const { eos } = tokenizer.special;
  if (eos === undefined) throw new PalaverError("ERR_UNSUPPORTED", "the vocabulary has no token that ends a text");
  const given = tokenizer.encode(prompt, { addSpecialTokens: true });
  // A post-processor may end the prompt as well, and nothing follows an end.
  if (given.at(-1) === eos) given.pop();
  const learnt = [...tokenizer.encode(completion), eos];
  return { ids: [...given, ...learnt], lossMask: [...given.map(() => 0), ...learnt.map(() => 1)] };
}

// --- internal ---

function withEnd(ids: number[], { special: { eos } }: Tokenizer): number[] {
  return eos === undefined || ids.at(-1) === eos ? ids : [...ids, eos];
}
