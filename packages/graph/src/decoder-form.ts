/**
 * The names by which a decoder's graph and its driver meet. One form: grouped-query attention over cache buffers of
 * full capacity that past and present share, logits of chosen rows.
 */

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
  /** float32 `(batch, kvHeads, capacity, headDim)` */
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
} as const;
