import type { TrainingParameter, Weights } from "@palaver/graph";
import { initialWeights } from "./initial-weights.ts";

/**
 * A checkpoint with low-rank changes that change nothing yet: what low-rank training starts from.
 * @throws ERR_INVALID_ARGUMENT for a seed that is no safe integer
 */
export function loraWeights(
  base: Weights,
  parameters: readonly TrainingParameter[],
  { seed }: { readonly seed: number },
): Weights {
  // Depth and norms are asked of parameters that are no changes; there are none here.
  const changes = initialWeights(parameters, { layers: 1, normOffset: 0 }, { seed });
  return {
    tensors: new Map([...base.tensors, ...changes.tensors]),
    read: (name) => (changes.tensors.has(name) ? changes.read(name) : base.read(name)),
  };
}
