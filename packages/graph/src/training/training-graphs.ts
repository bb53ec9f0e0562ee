/**
 * Training as ordinary ONNX graphs. Three graphs share their tensors, which a runtime owns: `gradient` adds a batch's
 * gradients to what is there, `update` clips them, takes a step of AdamW or Muon and sets them to zero, `loss` only measures.
 * All values of a parameter NAME (Hugging Face's name of the tensor) are inputs and, where they change, outputs that may
 * be the same tensor: nothing that a graph reads is written before its last reader, because each change hangs on a value
 * that needs all readers.
 */

/** A parameter: its name, its shape, and whether weight decay pulls on it (on matrices, not on norms and biases). */
export interface TrainingParameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly decay: boolean;
  /** A matrix between hidden states, which Muon can update: not the vocabulary's table or head. Default: false. */
  readonly hidden?: boolean;
  /** Default: float32. Only what is frozen can be of another type: `uint8`, the codes of a matrix in blocks. */
  readonly type?: "float32" | "uint8";
}

/** The sizes of one batch; graphs are built for exact sizes. */
export interface BatchShape {
  /** Rows of the batch. */
  readonly rows: number;
  /** Tokens of a row. */
  readonly tokens: number;
  /** Places for supervised positions; those left over have the weight 0. */
  readonly labels: number;
}

/**
 * Names of inputs and outputs.
 *
 * Of a batch, in `loss` and `gradient`: `ids` int64 `(rows, tokens)`; `positions` int64 `(rows, tokens)`, restarted at
 * each packed sequence; `segments` int32 `(rows, tokens)`, the packed sequence that a token belongs to, counted from 1, 0
 * for padding: a token sees earlier tokens of its own segment; `label_rows` int64 `(labels,)`: where a token is predicted
 * from, counted through the batch, `row * tokens + token`, no position twice (places left over: any free positions);
 * `labels` int64 `(labels,)`: the token that should come next; `label_weights` float32 `(labels,)`: what each counts,
 * usually 1 / number of labels of the whole step; 0 for places left over.
 *
 * Outputs of both: `loss` float32 `()`, the weighted sum of the negative log probabilities; of `loss` also
 * `label_losses` float32 `(labels,)`, the unweighted ones.
 *
 * Of `update`: `learning_rate`, `moment_correction` (1 / (1 - beta1^step)) and `variance_correction`
 * (1 / (1 - beta2^step)), float32 `()`; output `gradient_norm` float32 `()`, before clipping.
 */
export const trainingValues = {
  ids: "ids",
  positions: "positions",
  segments: "segments",
  labelRows: "label_rows",
  labels: "labels",
  labelWeights: "label_weights",
  loss: "loss",
  labelLosses: "label_losses",
  learningRate: "learning_rate",
  momentCorrection: "moment_correction",
  varianceCorrection: "variance_correction",
  gradientNorm: "gradient_norm",
  /** In all graphs an input; in `update` with `weightOut` as its output. */
  weight: (name: string) => `weight.${name}`,
  weightOut: (name: string) => `weight_out.${name}`,
  /** In `gradient` and `update`, input and output. */
  gradient: (name: string) => `gradient.${name}`,
  gradientOut: (name: string) => `gradient_out.${name}`,
  /** In `update`, input and output: the first and second moments; the second where `hasVariance` says so. */
  moment: (name: string) => `moment.${name}`,
  momentOut: (name: string) => `moment_out.${name}`,
  variance: (name: string) => `variance.${name}`,
  varianceOut: (name: string) => `variance_out.${name}`,
} as const;

export interface MuonOptions {
  /** Of the sum of gradients that is made orthogonal. Default: 0.95. */
  readonly momentum?: number | undefined;
}

export interface UpdateOptions {
  /**
   * Muon's steps in place of AdamW's for the layers' matrices, scaled to the size of AdamW's so that rate and decay hold
   * for both. It needs fewer steps, and no second moments. Default: AdamW for all.
   */
  readonly muon?: MuonOptions | undefined;
  /** Default: 0.9. */
  readonly beta1?: number | undefined;
  /** Default: 0.95. */
  readonly beta2?: number | undefined;
  /** Default: 1e-8. */
  readonly epsilon?: number | undefined;
  /** Decoupled, times the learning rate. Default: 0.1. */
  readonly weightDecay?: number | undefined;
  /** The largest norm of all gradients together; larger ones are scaled down. Default: 1. */
  readonly maxGradientNorm?: number | undefined;
}

/** Whether a parameter has second moments under these options: AdamW keeps them, Muon does not. */
export function hasVariance({ hidden = false }: TrainingParameter, { muon }: UpdateOptions): boolean {
  return muon === undefined || !hidden;
}

/** What trains a decoder. The graphs are model files' bytes. */
export interface TrainingGraphs {
  /** What changes. */
  readonly parameters: readonly TrainingParameter[];
  /** What is read only: inputs `weight.NAME` of `loss` and `gradient`; empty in full training. `frozenData` reads them. */
  readonly frozen: readonly TrainingParameter[];
  loss(shape: BatchShape): Uint8Array;
  gradient(shape: BatchShape): Uint8Array;
  update(options?: UpdateOptions): Uint8Array;
}
