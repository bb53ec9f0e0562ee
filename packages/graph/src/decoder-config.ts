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
    }
  /**
   * LongRoPE: each frequency is divided by a factor of its own, by the short ones in a decoder that is built for the
   * original context, by the long ones in one built for more.
   */
  | {
      readonly type: "longrope";
      readonly originalContextTokens: number;
      /** Multiplies cosines and sines. */
      readonly amplitude: number;
      /** Both `(rotaryDim / 2)`; undefined where the checkpoint has them as tensors. */
      readonly factors: { readonly short: readonly number[]; readonly long: readonly number[] } | undefined;
    };

/** What gates the feed-forward layer: `x * sigmoid(x)`, or the approximation of GELU by the hyperbolic tangent. */
export type Activation = "silu" | "gelu-tanh";

/** A decoder of the Llama form: RMS norm, rotary positions, grouped-query attention, a gated feed-forward layer. */
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
  /** Queries and keys are normed head by head, before they are turned. */
  readonly qkNorm: boolean;
  /** Queries, keys and values are one tensor (`qkv_proj`), gate and up another (`gate_up_proj`). */
  readonly packedProjections: boolean;
  /** Elements of a head that turn, the first ones; even. Undefined where all do. */
  readonly rotaryDim: number | undefined;
  /** Multiplies the products of queries and keys; undefined for `1 / sqrt(headDim)`. */
  readonly attentionScale: number | undefined;
  /** Scores `s` become `cap * tanh(s / cap)`; undefined where they stay. */
  readonly attentionSoftcap: number | undefined;
  /** How many tokens a position sees, itself included; undefined where it sees all. */
  readonly slidingWindow: number | undefined;
  /** Layers that see all tokens in spite of the window. */
  readonly globalLayers: readonly number[];
  /** The rotary base of the layers with a window, which then have no scaling; undefined where all layers turn alike. */
  readonly localRopeTheta: number | undefined;
  readonly activation: Activation;
  /** Added to each weight of a norm. */
  readonly normOffset: 0 | 1;
  /** What attention and feed-forward give is normed before it is added to the stream. */
  readonly postNorms: boolean;
  /** Multiplies the embedding. */
  readonly embeddingScale: number;
  /** Logits `x` become `cap * tanh(x / cap)`; undefined where they stay. */
  readonly logitSoftcap: number | undefined;
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
  checkInteger("rotaryDim", turnedElements(config), config.headDim);
  if (turnedElements(config) % 2 !== 0)
    throw new PalaverError("ERR_FORMAT", `rotaryDim must be even, got ${config.rotaryDim}`);
  if (config.slidingWindow !== undefined) checkInteger("slidingWindow", config.slidingWindow, 2 ** 31 - 1);
  for (const layer of config.globalLayers) checkInteger("a global layer, counted from 1,", layer + 1, config.layers);
  for (const name of POSITIVE) {
    const value = config[name];
    if (value !== undefined) checkPositive(name, value);
  }
  checkScaling(config.ropeScaling, turnedElements(config) / 2);
}

/** How many elements of a head turn. */
export function turnedElements({ headDim, rotaryDim }: Pick<DecoderConfig, "headDim" | "rotaryDim">): number {
  return rotaryDim ?? headDim;
}

/** True for a layer whose positions see no further than the window. */
export function isLocalLayer(
  { slidingWindow, globalLayers }: Pick<DecoderConfig, "slidingWindow" | "globalLayers">,
  layer: number,
): boolean {
  return slidingWindow !== undefined && !globalLayers.includes(layer);
}

// --- internal ---

const POSITIVE = [
  "normEpsilon",
  "ropeTheta",
  "localRopeTheta",
  "attentionScale",
  "attentionSoftcap",
  "embeddingScale",
  "logitSoftcap",
] as const;

function checkScaling(scaling: RopeScaling, pairs: number): void {
  if (scaling.type === "none") return;
  if (scaling.type === "longrope") {
    checkLongRope(scaling, pairs);
    return;
  }
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

function checkLongRope(scaling: Extract<RopeScaling, { type: "longrope" }>, pairs: number): void {
  const { originalContextTokens, amplitude, factors } = scaling;
  checkInteger("the rotary scaling's originalContextTokens", originalContextTokens, decoderLimits.contextTokens);
  checkPositive("the rotary scaling's amplitude", amplitude);
  for (const list of factors === undefined ? [] : [factors.short, factors.long]) {
    if (list.length !== pairs) {
      throw new PalaverError("ERR_FORMAT", `the rotary scaling has ${list.length} factors for ${pairs} pairs`);
    }
    for (const factor of list) checkPositive("the rotary scaling's factor", factor);
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
