import type { TensorType } from "@palaver/core";
import type { OpenedModel } from "@palaver/hub";

/** Tokens of a prompt that the decoder runs at once, on which its working memory depends. */
const PREFILL_TOKENS = 128;

/** Bytes of one float32. */
const FLOAT = 4;

/**
 * Resident memory of opened weights by the bytes of their files: ONNX Runtime maps them and repacks most. Measured with 1.30 on
 * random weights: 1.5 for SmolLM2-135M at 4 bits, 1.4 for Qwen2.5-0.5B at 4 bits, 1.2 for SmolLM2-135M in float32.
 */
const OPENED_WEIGHTS = 1.4;

/** Bytes of an element of a cache, where it is smaller than a float32. */
const ELEMENT_BYTES: Partial<Record<TensorType, number>> = { float16: 2, bfloat16: 2, int8: 1, uint8: 1 };

/** What running a model takes beside Node.js and the runtime's own 100 MB, in bytes; null where its files do not tell. */
export interface ModelMemory {
  readonly contextTokens: number;
  /** The graph's files as the runtime keeps them, an estimate: 1.4 times what they are on the disk. */
  readonly weightsBytes: number;
  /** Keys and values of one sequence of `contextTokens`; graphs whose caches grow hold them twice during a step. */
  readonly cacheBytes: number | null;
  /** The logits of one position. */
  readonly logitsBytes: number | null;
  /** What a step over 128 tokens of a prompt computes with at its widest, an estimate. */
  readonly activationBytes: number | null;
  /** The sum of what is known. */
  readonly totalBytes: number;
}

/** An estimate of the memory that a model takes with one sequence of this length. */
export function modelMemory({ form, details, fileBytes }: OpenedModel, contextTokens: number): ModelMemory {
  const { layers, kvHeads, headDim, vocabSize } = form;
  const sizes = layers !== undefined && kvHeads !== undefined && headDim !== undefined;
  const oneCache = sizes ? 2 * layers * kvHeads * headDim * contextTokens * elementBytes(form) : null;
  const cacheBytes = oneCache !== null && form.kind === "hub" ? 2 * oneCache : oneCache;
  const logitsBytes = vocabSize === undefined ? null : vocabSize * FLOAT;
  const activationBytes = details.widths === undefined ? null : activations(details.widths, contextTokens);
  const weightsBytes = Math.round(OPENED_WEIGHTS * fileBytes);
  const known = [weightsBytes, cacheBytes, logitsBytes, activationBytes];
  return {
    contextTokens,
    weightsBytes,
    cacheBytes,
    logitsBytes,
    activationBytes,
    totalBytes: known.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0),
  };
}

// --- internal ---

function elementBytes({ cacheType = "float32" }: OpenedModel["form"]): number {
  return ELEMENT_BYTES[cacheType] ?? FLOAT;
}

// The stream and its norm, gate, up and their product; the scores of all heads against the whole context.
function activations({ hidden, ffn, heads }: NonNullable<OpenedModel["details"]["widths"]>, contextTokens: number) {
  const tokens = Math.min(PREFILL_TOKENS, contextTokens);
  return FLOAT * tokens * (2 * hidden + 3 * ffn + heads * contextTokens);
}
