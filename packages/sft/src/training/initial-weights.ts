/**
 * Weights to train from nothing, after GPT-2 (Radford et al. 2019, section 2.3): normal with deviation 0.02, and what is
 * added to the residual stream scaled by 1 / sqrt(number of additions), so that the stream keeps its size over depth.
 */

import { PalaverError } from "@palaver/core";
import type { DecoderConfig, TrainingParameter, Weights } from "@palaver/graph";
import { philox } from "@palaver/sampling";

/** The projections whose output is added to the residual stream, two a layer. */
const RESIDUAL = /\.(o_proj|down_proj)\.weight$/;

/**
 * The two halves of a low-rank change (Hu et al. 2021, https://arxiv.org/abs/2106.09685): the second is 0, so that
 * training starts from the model as it is; the first has the deviation that its authors' library gives it.
 */
const LORA_A = /\.lora_A$/;
const LORA_B = /\.lora_B$/;

/** FNV-1a's start and factor (http://www.isthe.com/chongo/tech/comp/fnv/): a name becomes 32 bits. */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

export interface InitialWeightsOptions {
  /** A safe integer. The same seed gives the same weights; a tensor depends on it and its own name only. */
  readonly seed: number;
  /** Of the normal distribution. Default: 0.02. */
  readonly deviation?: number | undefined;
}

/**
 * Float32 weights for these parameters, made one tensor at a time as they are read: norms do nothing, biases are 0.
 * @throws ERR_INVALID_ARGUMENT
 */
export function initialWeights(
  parameters: readonly TrainingParameter[],
  { layers, normOffset }: Pick<DecoderConfig, "layers" | "normOffset">,
  { seed, deviation = 0.02 }: InitialWeightsOptions,
): Weights {
  if (!Number.isSafeInteger(seed) || !(deviation > 0)) {
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      `a safe integer and a positive number are needed, got seed ${seed}, deviation ${deviation}`,
    );
  }
  const shapes = new Map(parameters.map(({ name, shape }) => [name, shape]));
  return {
    tensors: new Map(parameters.map(({ name, shape }) => [name, { type: "F32", shape }])),
    read: async (name) => {
      const shape = shapes.get(name);
      if (shape === undefined) throw new PalaverError("ERR_NOT_FOUND", `no parameter is named ${JSON.stringify(name)}`);
      const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
      if (LORA_B.test(name)) return new Uint8Array(values.buffer);
      if (LORA_A.test(name)) {
        fillNormal(values, { seed, name, deviation: 1 / Math.sqrt(3 * shape.at(-1)!) });
      } else if (shape.length > 1) {
        fillNormal(values, {
          seed,
          name,
          deviation: RESIDUAL.test(name) ? deviation / Math.sqrt(2 * layers) : deviation,
        });
      } else if (name.includes("norm")) {
        values.fill(1 - normOffset);
      }
      return new Uint8Array(values.buffer);
    },
  };
}

// --- internal ---

interface NormalOptions {
  readonly seed: number;
  readonly name: string;
  readonly deviation: number;
}

/** Two normal numbers from each two words (Box and Muller 1958). */
function fillNormal(values: Float32Array, { seed, name, deviation }: NormalOptions): void {
  const key = [seed | 0, Math.floor(seed / 2 ** 32) | 0] as const;
  const stream = hash(name);
  for (let i = 0; i < values.length; i += 4) {
    const [a, b, c, d] = philox([i / 4, 0, stream, 0], key);
    for (const [offset, word, angle] of [
      [0, a, b],
      [2, c, d],
    ] as const) {
      // Half a step away from 0, whose logarithm is infinite.
      const radius = deviation * Math.sqrt(-2 * Math.log((word + 0.5) / 2 ** 32));
      values[i + offset] = radius * Math.cos((2 * Math.PI * angle) / 2 ** 32);
      values[i + offset + 1] = radius * Math.sin((2 * Math.PI * angle) / 2 ** 32);
    }
  }
}

function hash(name: string): number {
  let state = FNV_OFFSET;
  for (let i = 0; i < name.length; i++) state = Math.imul(state ^ name.charCodeAt(i), FNV_PRIME);
  return state >>> 0;
}
