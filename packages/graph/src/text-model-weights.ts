import { PalaverError } from "@palaver/core";
import type { WeightInfo, Weights } from "./weights.ts";

/** The text model's share of a checkpoint of pictures and text. */
export interface TextModelWeights {
  readonly weights: Weights;
  /** Tensors that see pictures, which the text model does without. */
  readonly ignored: readonly string[];
}

/**
 * Takes the text model out of a checkpoint of pictures and text, under the names that it has alone. Tensors with no known
 * place keep their names, so that `writeDecoder` refuses them. Source: `Gemma3ForConditionalGeneration` of
 * huggingface/transformers, before (`language_model.model.`) and since (`model.language_model.`) its version 4.52.
 * @throws ERR_FORMAT where two tensors would have one name
 */
export function textModelWeights(weights: Weights): TextModelWeights {
  const tensors = new Map<string, WeightInfo>();
  const originals = new Map<string, string>();
  const ignored: string[] = [];
  for (const [original, info] of weights.tensors) {
    if (PICTURES.test(original)) {
      ignored.push(original);
      continue;
    }
    const name = original.replace(/^language_model\./, "").replace(/^model\.language_model\./, "model.");
    if (tensors.has(name)) {
      throw new PalaverError("ERR_FORMAT", `the checkpoint has two tensors that mean ${JSON.stringify(name)}`);
    }
    tensors.set(name, info);
    originals.set(name, original);
  }
  return { weights: { tensors, read: (name) => weights.read(originals.get(name) ?? name) }, ignored };
}

// --- internal ---

const PICTURES = /^(?:model\.)?(?:vision_tower|multi_modal_projector)\./;
