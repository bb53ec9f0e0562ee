/** Names of values and constants that all layers share. */
export const shared = {
  /** int64 (3): batch, sequence and whatever is left; turns rows of tokens into what attention takes. */
  sequenceShape: "sequence_shape",
  /** int64 (2): all rows, attention's width. */
  attentionShape: "attention_shape",
  /** int64 (2): all heads of all rows, a head's elements. */
  headShape: "head_shape",
} as const;
