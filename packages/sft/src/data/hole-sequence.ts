import { PalaverError, type Tokenizer } from "@palaver/core";
import { encodeFim, type FimFormat, type FimOrder, type FimRequest, fimStopIds, renderFim } from "@palaver/template";
import type { TrainingSequence } from "../packing/training-sequence.ts";

/** Code with a hole, and what was in it. */
export interface FilledHole extends FimRequest {
  readonly middle: string;
}

export interface HoleSequenceOptions {
  readonly tokenizer: Tokenizer;
  /** The model's markers: `findFim(tokenizer)` of `@palaver/template`. */
  readonly format: FimFormat;
  /** Which comes first, prefix or suffix. Default: `psm` where the format has it. */
  readonly order?: FimOrder | undefined;
  /** What is learnt: everything, or the middle and its end. Default: `all`. */
  readonly train?: "all" | "middle" | undefined;
}

/**
 * A hole as the model will be asked to fill it, then what was in it and the token that ends a text. Prompt and middle are
 * encoded one by one, because a model that fills in is given the prompt's ids alone.
 * @throws ERR_UNSUPPORTED where nothing ends a text, or for an order or files that the format lacks
 */
export function holeSequence({ middle, ...request }: FilledHole, options: HoleSequenceOptions): TrainingSequence {
  const { tokenizer, format, order, train = "all" } = options;
  const prompt = encodeFim(tokenizer, format, renderFim(format, request, order && { order }));
  const answer = [...tokenizer.encode(middle), endId(format, tokenizer)];
  const ids = [...prompt, ...answer];
  if (train === "all") return { ids };
  return { ids, lossMask: [...prompt.map(() => 0), ...answer.map(() => 1)] };
}

// --- internal ---

function endId(format: FimFormat, tokenizer: Tokenizer): number {
  const id = tokenizer.special.eos ?? fimStopIds(format, tokenizer)[0];
  if (id !== undefined) return id;
  throw new PalaverError("ERR_UNSUPPORTED", "the vocabulary has no token that ends a filled hole");
}
