import { PalaverError } from "@palaver/core";
import { dequantize } from "@palaver/formats";
import { Checkpoint, type Matrix } from "../checkpoint.ts";
import type { Weights } from "../weights.ts";
import { type LoraOptions, loraScale } from "./training-options.ts";

/**
 * A checkpoint with low-rank changes added: a changed matrix becomes `W + alpha / rank * B A`, in float32, when it is read;
 * all others stay as they are. `adapter` holds `NAME.lora_A` and `NAME.lora_B` for each changed `NAME.weight`, also under
 * PEFT's names (`base_model.model.NAME.lora_A.weight`).
 * @throws ERR_FORMAT for an adapter that does not fit the checkpoint or the rank, ERR_NOT_FOUND for half a change
 */
export function mergedWeights(
  weights: Weights,
  adapter: Weights,
  options: Pick<LoraOptions, "rank" | "alpha">,
): Weights {
  const scale = loraScale(options);
  const changes = findChanges(weights, adapter, options.rank);
  const base = new Checkpoint(weights, {});
  const change = new Checkpoint(adapter, {});
  return {
    tensors: new Map(
      [...weights.tensors].map(([name, info]) => [name, changes.has(name) ? { ...info, type: "F32" } : info]),
    ),
    read: async (name) => {
      const found = changes.get(name);
      if (found === undefined) return weights.read(name);
      const { rows, columns, a, b } = found;
      const sum = widened(await base.matrix(name, rows, columns));
      const left = widened(await change.matrix(b, rows, options.rank));
      const right = widened(await change.matrix(a, options.rank, columns));
      addProduct(sum, { left, right, rank: options.rank, scale });
      return new Uint8Array(sum.buffer, sum.byteOffset, sum.byteLength);
    },
  };
}

/** A matrix in float32, in memory of its own. */
export function widened({ type, bytes, rows, columns }: Matrix): Float32Array {
  return dequantize(type, bytes, rows * columns);
}

// --- internal ---

const CHANGE = /^(?:base_model\.model\.)?(.+)\.lora_([AB])(?:\.weight)?$/;

interface Change {
  readonly rows: number;
  readonly columns: number;
  /** The tensors' names in the adapter. */
  readonly a: string;
  readonly b: string;
}

function findChanges(weights: Weights, adapter: Weights, rank: number): Map<string, Change> {
  const halves = new Map<string, { a?: string; b?: string }>();
  for (const name of adapter.tensors.keys()) {
    const [, stem, half] = CHANGE.exec(name) ?? [];
    if (stem === undefined) throw misfit(name, "is no low-rank change");
    halves.set(stem, { ...halves.get(stem), [half === "A" ? "a" : "b"]: name });
  }
  const changes = new Map<string, Change>();
  for (const [stem, { a, b }] of halves) {
    const target = weights.tensors.get(`${stem}.weight`);
    if (target === undefined || target.shape.length !== 2) throw misfit(`${stem}.weight`, "is no matrix here");
    const [rows, columns] = target.shape as readonly [number, number];
    if (a === undefined || b === undefined) {
      throw new PalaverError("ERR_NOT_FOUND", `the adapter lacks ${a === undefined ? "lora_A" : "lora_B"} of ${stem}`);
    }
    checkShape(adapter, a, [rank, columns]);
    checkShape(adapter, b, [rows, rank]);
    changes.set(`${stem}.weight`, { rows, columns, a, b });
  }
  return changes;
}

function checkShape(adapter: Weights, name: string, wanted: readonly number[]): void {
  const found = adapter.tensors.get(name)!.shape;
  if (found.join() !== wanted.join()) throw misfit(name, `has shape [${found.join(", ")}] for [${wanted.join(", ")}]`);
}

function misfit(tensor: string, words: string): PalaverError {
  return new PalaverError("ERR_FORMAT", `the adapter's tensor ${JSON.stringify(tensor)} ${words}`, {
    details: { tensor },
  });
}

interface Product {
  /** `(rows, rank)`. */
  readonly left: Float32Array;
  /** `(rank, columns)`. */
  readonly right: Float32Array;
  readonly rank: number;
  readonly scale: number;
}

function addProduct(sum: Float32Array, { left, right, rank, scale }: Product): void {
  const columns = right.length / rank;
  for (let row = 0; row * columns < sum.length; row++) {
    for (let k = 0; k < rank; k++) {
      const factor = scale * left[row * rank + k]!;
      for (let column = 0; column < columns; column++) {
        sum[row * columns + column] = sum[row * columns + column]! + factor * right[k * columns + column]!;
      }
    }
  }
}
