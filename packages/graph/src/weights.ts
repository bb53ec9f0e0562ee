import type { WeightType } from "./weight-type.ts";

/** A weight's element type and its shape: `(rows, columns)` for a matrix that multiplies a column, `(length)` for a vector. */
export interface WeightInfo {
  readonly type: WeightType;
  readonly shape: readonly number[];
}

/** A checkpoint's tensors under Hugging Face's names (`model.layers.0.self_attn.q_proj.weight`). */
export interface Weights {
  readonly tensors: ReadonlyMap<string, WeightInfo>;
  /** A tensor's bytes, row-major, little-endian, in its own type. @throws ERR_IO, ERR_NOT_FOUND */
  read(name: string): Promise<Uint8Array>;
}

/** The tensor of a checkpoint's own rotary factors, `(headDim / 2)`: Llama 3's scaling as GGUF files carry it. */
export const ROPE_FACTORS = "rope_freqs.weight";

/** The tensors of LongRoPE's factors, `(rotaryDim / 2)`, as GGUF files carry them. */
export const LONG_ROPE_FACTORS = { short: "rope_factors_short.weight", long: "rope_factors_long.weight" } as const;
