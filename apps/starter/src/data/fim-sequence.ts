import { PalaverError, type Tokenizer } from "@palaver/core";
import { type FilledHole, type HoleSequenceOptions, holeSequence, type TrainingSequence } from "@palaver/sft";
import { findFim } from "@palaver/template";

/** A hole in the form that the tokenizer has markers for. @throws ERR_UNSUPPORTED where it has none */
export function fimSequence(
  tokenizer: Tokenizer,
  hole: FilledHole,
  train: HoleSequenceOptions["train"],
): TrainingSequence {
  const format = findFim(tokenizer);
  if (format === undefined) throw new PalaverError("ERR_UNSUPPORTED", "the tokenizer has no markers for a middle");
  return holeSequence(hole, { tokenizer, format, train });
}
