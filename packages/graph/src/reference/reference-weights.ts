import { dequantize } from "@palaver/formats";
import { Checkpoint, type CheckpointOptions } from "../checkpoint.ts";
import type { Weights } from "../weights.ts";

/** Elements that are widened at a time: 4 MB of float32. */
const CHUNK_ELEMENTS = 1 << 20;

/** A checkpoint's weights in float32, as a plain computation wants them. Each tensor is read when it is asked for, and let go. */
export class ReferenceWeights {
  readonly #checkpoint: Checkpoint;

  constructor(weights: Weights, options: CheckpointOptions) {
    this.#checkpoint = new Checkpoint(weights, options);
  }

  has(name: string): boolean {
    return this.#checkpoint.has(name);
  }

  vector(name: string, length: number): Promise<Float32Array> {
    return this.#checkpoint.vector(name, length);
  }

  /** Some rows of a matrix. */
  async rows(name: string, wanted: readonly number[], [rows, columns]: readonly [number, number]): Promise<number[][]> {
    const { type, bytes } = await this.#checkpoint.matrix(name, rows, columns);
    const size = bytes.byteLength / rows;
    return wanted.map((row) => Array.from(dequantize(type, bytes.subarray(row * size, (row + 1) * size), columns)));
  }

  /** `y = x W^T + b` for each row `x`; the bias where the checkpoint has one. */
  async product(x: readonly (readonly number[])[], name: string, outputs: number): Promise<number[][]> {
    const columns = x[0]!.length;
    const { type, bytes } = await this.#checkpoint.matrix(`${name}.weight`, outputs, columns);
    const bias = this.has(`${name}.bias`) ? await this.vector(`${name}.bias`, outputs) : undefined;
    const inputs = x.map((row) => Float64Array.from(row));
    const result = x.map(() => new Float64Array(outputs));
    const step = Math.max(1, Math.floor(CHUNK_ELEMENTS / columns));
    for (let first = 0; first < outputs; first += step) {
      const end = Math.min(outputs, first + step);
      const size = bytes.byteLength / outputs;
      const chunk = dequantize(type, bytes.subarray(first * size, end * size), (end - first) * columns);
      for (let row = first; row < end; row++) {
        const weights = chunk.subarray((row - first) * columns, (row - first + 1) * columns);
        for (const [i, input] of inputs.entries()) result[i]![row] = dot(input, weights) + (bias?.[row] ?? 0);
      }
    }
    return result.map((row) => Array.from(row));
  }
}

// --- internal ---

function dot(a: Float64Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
