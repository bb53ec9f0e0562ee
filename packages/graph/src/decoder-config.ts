import { PalaverError } from "@palaver/core";

/**
 * The largest value of each size. Each is above every published decoder of its kind and low enough that products
 * of two of them stay exact in a double.
 */
export const decoderLimits = {
  layers: 1024,
  hidden: 1 << 16,
  heads: 1024,
  headDim: 1024,
  ffn: 1 << 20,
  vocab: 1 << 22,
  /** A million, which the longest published contexts reach. */
  contextTokens: 1 << 20,
} as const;

/** How rotary frequencies are stretched beyond the trained length. */
export type RopeScaling =
  | { readonly type: "none" }
  /** Positions are divided by `factor`. */
  | { readonly type: "linear"; readonly factor: number }
  /** Llama 3.1's rule: long wavelengths are divided by `factor`, short ones kept, those between interpolated. */
  | {
      readonly type: "llama3";
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      /** Tokens of the context before scaling. */
      readonly originalContextTokens: number;
    };

/** A decoder of the Llama family: RMS norm, rotary positions, grouped-query attention, SwiGLU. */
export interface DecoderConfig {
  /** The family's name, as in `families`. */
  readonly family: string;
  readonly layers: number;
  /** Width of the residual stream. */
  readonly hidden: number;
  readonly heads: number;
  /** Heads of keys and values; divides `heads`. */
  readonly kvHeads: number;
  /** Width of one head; even. */
  readonly headDim: number;
  /** Width of the feed-forward layer. */
  readonly ffn: number;
  readonly vocab: number;
  /** The longest sequence. */
  readonly contextTokens: number;
  readonly normEpsilon: number;
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling;
  /** Queries, keys and values have a bias. */
  readonly attentionBias: boolean;
  /** The attention's output has a bias. */
  readonly outputBias: boolean;
  /** How many tokens a position sees, itself included; undefined where it sees all. */
  readonly slidingWindow: number | undefined;
  /** The head multiplies by the embedding table. */
  readonly tiedHead: boolean;
}

/** Checks that the sizes fit together and are within `decoderLimits`. @throws ERR_FORMAT */
export function checkDecoderConfig(config: DecoderConfig): void {
  for (const [name, limit] of Object.entries(decoderLimits)) {
    checkInteger(name, config[name as keyof typeof decoderLimits], limit);
  }
  checkInteger("kvHeads", config.kvHeads, config.heads);
  if (config.heads % config.kvHeads !== 0) {
    throw new PalaverError("ERR_FORMAT", `${config.heads} heads do not share ${config.kvHeads} key-value heads evenly`);
  }
  if (config.headDim % 2 !== 0)
    throw new PalaverError("ERR_FORMAT", `a head's size must be even, got ${config.headDim}`);
  if (config.slidingWindow !== undefined) checkInteger("slidingWindow", config.slidingWindow, 2 ** 31 - 1);
  checkPositive("normEpsilon", config.normEpsilon);
  checkPositive("ropeTheta", config.ropeTheta);
  checkScaling(config.ropeScaling);
}

// --- internal ---

function checkScaling(scaling: RopeScaling): void {
  if (scaling.type === "none") return;
  checkPositive("the rotary scaling's factor", scaling.factor);
  if (scaling.type === "linear") return;
  checkPositive("the rotary scaling's lowFrequencyFactor", scaling.lowFrequencyFactor);
  checkInteger(
    "the rotary scaling's originalContextTokens",
    scaling.originalContextTokens,
    decoderLimits.contextTokens,
  );
  if (!(scaling.highFrequencyFactor > scaling.lowFrequencyFactor)) {
    throw new PalaverError("ERR_FORMAT", "the rotary scaling's high frequency factor must be above its low one");
  }
}

function checkInteger(name: string, value: number, limit: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= limit) return;
  throw new PalaverError("ERR_FORMAT", `${name} must be an integer from 1 to ${limit}, got ${value}`, {
    details: { field: name, value, limit },
  });
}

function checkPositive(name: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return;
  throw new PalaverError("ERR_FORMAT", `${name} must be a positive number, got ${value}`, { details: { field: name } });
}
