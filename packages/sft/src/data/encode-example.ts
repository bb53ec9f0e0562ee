import { PalaverError, type Tokenizer } from "@palaver/core";
import { type ChatTemplate, findFim } from "@palaver/template";
import type { TrainingSequence } from "../packing/training-sequence.ts";
import { encodeDialogue, type TrainedPart } from "./encode-dialogue.ts";
import type { Example } from "./example.ts";
import { type FimSequenceOptions, fimSequence } from "./fim-sequence.ts";
import { completionSequence, textSequence } from "./text-sequence.ts";

export interface EncodeExampleOptions {
  readonly tokenizer: Tokenizer;
  /** Writes dialogues; without it they are refused. */
  readonly template?: ChatTemplate | undefined;
  /** What is learnt of dialogues. Default: `assistant`. */
  readonly train?: TrainedPart | undefined;
  /** Makes holes in code where the vocabulary has markers for them. Default: code is learnt as text. */
  readonly fim?: Omit<FimSequenceOptions, "tokenizer" | "format" | "index"> | undefined;
  /** Which example of the data this is, from 0; holes depend on it. Default: 0. */
  readonly index?: number | undefined;
}

/**
 * An example as a sequence to learn, in five bytes a token.
 * @throws ERR_INVALID_ARGUMENT for a dialogue without a template; ERR_UNSUPPORTED where no exact mask can be made, or holes
 * are asked of a vocabulary without markers
 */
export function encodeExample(example: Example, options: EncodeExampleOptions): TrainingSequence {
  const { ids, lossMask } = encoded(example, options);
  return { ids: Int32Array.from(ids), lossMask: lossMask && Uint8Array.from(lossMask) };
}

// --- internal ---

function encoded(example: Example, options: EncodeExampleOptions): TrainingSequence {
  const { tokenizer, template, train, fim, index = 0 } = options;
  switch (example.type) {
    case "dialogue":
      if (template === undefined) throw new PalaverError("ERR_INVALID_ARGUMENT", "dialogues need a template");
      return encodeDialogue(example, { template, tokenizer, train });
    case "completion":
      return completionSequence(example, tokenizer);
    case "text":
      return textSequence(example.text, tokenizer);
    case "code": {
      if (fim === undefined) return textSequence(example.text, tokenizer);
      const format = findFim(tokenizer);
      if (format === undefined) {
        throw new PalaverError(
          "ERR_UNSUPPORTED",
          "the vocabulary has no markers for filling in the middle: leave `fim` out",
        );
      }
      return fimSequence(example, { ...fim, tokenizer, format, index });
    }
    default:
      return example satisfies never;
  }
}
