import { PalaverError } from "@palaver/core";
import type { DecoderConfig } from "../decoder-config.ts";

/** Projections of a layer that a low-rank change can go to. */
export type LoraTarget =
  | "q_proj"
  | "k_proj"
  | "v_proj"
  | "qkv_proj"
  | "o_proj"
  | "gate_proj"
  | "up_proj"
  | "gate_up_proj"
  | "down_proj";

export interface LoraOptions {
  /** The rank of each change. */
  readonly rank: number;
  /** Changes are multiplied by `alpha / rank`. Default: twice the rank. */
  readonly alpha?: number | undefined;
  /** Which projections change. Default: all that the decoder has. */
  readonly targets?: readonly LoraTarget[] | undefined;
  /**
   * How the matrices of layers that stay are kept: `q4` is 4 bits in blocks of 32. Vectors, the embedding, the head and
   * matrices whose width is no multiple of 32 stay float32. Default: `float32`.
   */
  readonly base?: "float32" | "q4" | undefined;
}

export interface TrainingOptions {
  /** Trains low-rank changes of projections instead of all weights. */
  readonly lora?: LoraOptions | undefined;
  /**
   * Computes each layer again on the way back instead of keeping what it had: a third more work, the memory of one layer
   * instead of all. Default: false.
   */
  readonly checkpointing?: boolean | undefined;
}

/** Ranks above this are no longer low; a typo must not allocate. */
const MAX_RANK = 1024;

/** What a low-rank change multiplies by. */
export function loraScale({ rank, alpha = 2 * rank }: LoraOptions): number {
  return alpha / rank;
}

/** The projections that change. */
export function loraTargets(config: DecoderConfig, { targets }: LoraOptions): readonly LoraTarget[] {
  return targets ?? projections(config);
}

/** @throws ERR_INVALID_ARGUMENT */
export function checkLoraOptions(config: DecoderConfig, lora: LoraOptions): void {
  const { rank, base = "float32" } = lora;
  if (!Number.isInteger(rank) || rank < 1 || rank > MAX_RANK) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `rank must be an integer from 1 to ${MAX_RANK}, got ${rank}`);
  }
  if (!(loraScale(lora) > 0 && Number.isFinite(loraScale(lora)))) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `alpha must be positive, got ${lora.alpha}`);
  }
  if (base !== "float32" && base !== "q4") {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `there is no base ${JSON.stringify(base)}: float32, q4`);
  }
  const known = projections(config);
  const targets = loraTargets(config, lora);
  const unknown = targets.find((target) => !known.includes(target));
  if (unknown !== undefined || targets.length === 0) {
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      `targets must be some of ${known.join(", ")}, got ${unknown === undefined ? "none" : JSON.stringify(unknown)}`,
    );
  }
}

// --- internal ---

function projections({ packedProjections }: DecoderConfig): readonly LoraTarget[] {
  return packedProjections
    ? ["qkv_proj", "o_proj", "gate_up_proj", "down_proj"]
    : ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];
}
