/**
 * The names by which a decoder's graph and its driver meet. One form: grouped-query attention over cache buffers of
 * full capacity that past and present share, logits of chosen rows.
 */

import { PalaverError } from "@palaver/core";

/** The value of `decoderMetadata.form` in a graph that `writeDecoder` writes. */
export const decoderForm = "gqa-shared";

/** Inputs and outputs. */
export const decoderValues = {
  /** int64 `(batch, sequence)` */
  inputIds: "input_ids",
  /** int32 `(batch)`: tokens of each row after this step, minus 1 */
  seqlensK: "seqlens_k",
  /** int32 scalar: tokens of the longest row after this step */
  totalSequenceLength: "total_sequence_length",
  /** int64 `(rows)`: which of the `batch * sequence` positions get logits */
  logitRows: "logit_rows",
  /** float32 `(rows, vocab)` */
  logits: "logits",
  /** float32 or int8 `(batch, kvHeads, capacity, headDim)` */
  pastKey: (layer: number): string => `past_key_values.${layer}.key`,
  pastValue: (layer: number): string => `past_key_values.${layer}.value`,
  /** The same buffers as the past ones. */
  presentKey: (layer: number): string => `present.${layer}.key`,
  presentValue: (layer: number): string => `present.${layer}.value`,
} as const;

/** Keys of the model's metadata; numbers are written in decimal. */
export const decoderMetadata = {
  form: "palaver.form",
  /** Rows of the rotary tables: the longest sequence. */
  context: "palaver.context",
  kvHeads: "palaver.kvHeads",
  /** A head's size in the caches; above the checkpoint's own where that is no multiple of 16. */
  headDim: "palaver.headDim",
  layers: "palaver.layers",
  vocab: "palaver.vocab",
  /** The caches' elements, `float32` or `int8`; absent in graphs of before there was a choice. */
  cache: "palaver.cache",
} as const;

/** What a graph of this form says about itself. */
export interface DecoderMetadata {
  readonly contextTokens: number;
  readonly layers: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocab: number;
  /** How the caches hold keys and values. */
  readonly cacheType: CacheType;
}

/** A type that caches may have. */
export type CacheType = "float32" | "int8";

/** A model's metadata as entries of this form. */
export function encodeDecoderMetadata(metadata: DecoderMetadata): Record<string, string> {
  return {
    [decoderMetadata.form]: decoderForm,
    [decoderMetadata.context]: String(metadata.contextTokens),
    [decoderMetadata.kvHeads]: String(metadata.kvHeads),
    [decoderMetadata.headDim]: String(metadata.headDim),
    [decoderMetadata.layers]: String(metadata.layers),
    [decoderMetadata.vocab]: String(metadata.vocab),
    [decoderMetadata.cache]: metadata.cacheType,
  };
}

/** What a model's metadata say; undefined for a model of another form. @throws ERR_FORMAT for a size or a type that is none */
export function parseDecoderMetadata(entries: Readonly<Record<string, string>>): DecoderMetadata | undefined {
  if (entries[decoderMetadata.form] !== decoderForm) return undefined;
  const size = (key: string): number => {
    const value = Number(entries[key]);
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw new PalaverError("ERR_FORMAT", `the model's metadata ${key} must be a positive integer, got ${entries[key]}`);
  };
  return {
    contextTokens: size(decoderMetadata.context),
    layers: size(decoderMetadata.layers),
    kvHeads: size(decoderMetadata.kvHeads),
    headDim: size(decoderMetadata.headDim),
    vocab: size(decoderMetadata.vocab),
    cacheType: cacheTypeOf(entries[decoderMetadata.cache]),
  };
}

// --- internal ---

function cacheTypeOf(text = "float32"): CacheType {
  if (text === "float32" || text === "int8") return text;
  throw new PalaverError(
    "ERR_FORMAT",
    `the model's metadata ${decoderMetadata.cache} must be float32 or int8, got ${text}`,
  );
}
