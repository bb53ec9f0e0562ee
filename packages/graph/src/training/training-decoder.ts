import type { DecoderConfig } from "../decoder-config.ts";
import type { DecoderWeights } from "./decoder-weights.ts";
import { embedding } from "./embedding.ts";
import { scaled } from "./scaled.ts";
import { selectRows } from "./select-rows.ts";
import type { Tape, Value } from "./tape.ts";
import { attentionPlans } from "./training-attention.ts";
import type { TrainingBatch } from "./training-batch.ts";
import { streamNorm, type TrainingScope, trainingLayer } from "./training-layer.ts";
import { type LossNames, vocabularyLoss } from "./vocabulary-loss.ts";

export interface TrainingDecoderOptions {
  readonly weights: DecoderWeights;
  readonly batch: TrainingBatch;
  readonly names: LossNames;
  /** Whether layers are computed again on the way back. */
  readonly checkpointing: boolean;
}

/** Writes a decoder with its loss over a batch; gives the loss. Rows of tokens stand in one list, `(rows * tokens, width)`. */
export function trainingDecoder(
  tape: Tape,
  config: DecoderConfig,
  { weights, batch, names, checkpointing }: TrainingDecoderOptions,
): Value {
  const { rows, tokens } = batch.shape;
  const scope: TrainingScope = { tape, config, weights, shape: batch.shape, plan: attentionPlans(tape, config, batch) };
  const table = "model.embed_tokens.weight";
  const rowsOfTable = embedding(tape, weights.value(table), tape.view(batch.ids, [rows * tokens]));
  let stream = scaled(tape, rowsOfTable, config.embeddingScale);
  for (let layer = 0; layer < config.layers; layer++) {
    const write = (x: Value): Value => trainingLayer(scope, layer, x);
    stream = checkpointing ? tape.checkpoint(stream, write) : write(stream);
  }
  // The head and its norm see supervised rows only.
  const normed = streamNorm(scope, selectRows(tape, stream, batch.labelRows), "model.norm.weight");
  const head = weights.value(config.tiedHead ? table : "lm_head.weight");
  const targets = { labels: batch.labels, weights: batch.labelWeights, cap: config.logitSoftcap };
  return vocabularyLoss(tape, [normed, head], targets, names);
}
