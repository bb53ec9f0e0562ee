import type { Tokenizer } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import type { TrainingSequence } from "@palaver/sft";
import { encodeFim, findFim, renderFim } from "@palaver/template";

/** Code with a hole, and what was in it. */
export interface FilledHole {
  readonly prefix: string;
  readonly middle: string;
  readonly suffix: string;
}

/**
 * Code with a hole as the model will be asked, then the middle and the end of text. The ids of prompt and middle are made
 * apart, because a model that fills in is given the prompt's ids alone. `learns`: everything, or the middle and the end.
 */
export function fimSequence(
  tokenizer: Tokenizer,
  { prefix, middle, suffix }: FilledHole,
  learns: "all" | "middle",
): TrainingSequence {
  const format = findFim(tokenizer);
  const { eos } = endOfText(tokenizer);
  if (format === undefined) throw new PalaverError("ERR_UNSUPPORTED", "the tokenizer has no markers for a middle");
  const prompt = encodeFim(tokenizer, format, renderFim(format, { prefix, suffix }));
  const answer = [...tokenizer.encode(middle), eos];
  const ids = [...prompt, ...answer];
  if (learns === "all") return { ids };
  return { ids, lossMask: ids.map((_, index) => (index < prompt.length ? 0 : 1)) };
}

/** A text between its begin and end tokens; all of it is learnt. */
export function textSequence(tokenizer: Tokenizer, text: string): TrainingSequence {
  return { ids: [...tokenizer.encode(text, { addSpecialTokens: true }), endOfText(tokenizer).eos] };
}

// --- internal ---

function endOfText(tokenizer: Tokenizer): { eos: number } {
  const eos = tokenizer.tokenToId("<|end_of_text|>");
  if (eos === undefined) throw new PalaverError("ERR_UNSUPPORTED", "the tokenizer has no end of text");
  return { eos };
}
