import type { DecoderConfig } from "../decoder-config.ts";
import { ropeFrequencies, ropeRows } from "../rope-table.ts";
import { add } from "./add.ts";
import { attend } from "./attend.ts";
import { attentionMask, type MaskBlock } from "./attention-mask.ts";
import { embedding } from "./embedding.ts";
import { linearProduct } from "./linear-product.ts";
import { reshape, transpose } from "./reshape.ts";
import { rmsNorm } from "./rms-norm.ts";
import { type RotaryTables, rotaryTurn } from "./rotary-turn.ts";
import { selectRows } from "./select-rows.ts";
import { siluGate } from "./silu-gate.ts";
import type { Tape, Value } from "./tape.ts";
import type { TrainingBatch } from "./training-batch.ts";
import { type LossNames, vocabularyLoss } from "./vocabulary-loss.ts";

/** Gives a weight by its name, such as `model.norm.weight`. */
export type WeightValues = (name: string) => Value;

/** Writes a decoder with its loss over a batch; gives the loss. Rows of tokens stand in one list, `(rows * tokens, width)`. */
export function writeTrainingDecoder(
  tape: Tape,
  config: DecoderConfig,
  { weight, batch, names }: { readonly weight: WeightValues; readonly batch: TrainingBatch; readonly names: LossNames },
): Value {
  const { rows, tokens } = batch.shape;
  const scope: LayerScope = {
    tape,
    config,
    weight,
    batch,
    mask: attentionMask(tape, batch.segments),
    rotary: rotaryTables(tape, config, batch),
  };
  let stream = embedding(tape, weight("model.embed_tokens.weight"), tape.view(batch.ids, [rows * tokens]));
  for (let layer = 0; layer < config.layers; layer++) stream = writeLayer(scope, layer, stream);
  const selected = selectRows(tape, stream, batch.labelRows);
  const normed = rmsNorm(tape, selected, weight("model.norm.weight"), config.normEpsilon);
  const head = weight(config.tiedHead ? "model.embed_tokens.weight" : "lm_head.weight");
  return vocabularyLoss(tape, normed, head, { labels: batch.labels, weights: batch.labelWeights }, names);
}

// --- internal ---

interface LayerScope {
  readonly tape: Tape;
  readonly config: DecoderConfig;
  readonly weight: WeightValues;
  readonly batch: TrainingBatch;
  readonly mask: readonly MaskBlock[];
  readonly rotary: RotaryTables;
}

function writeLayer(scope: LayerScope, layer: number, stream: Value): Value {
  const { tape, config, weight } = scope;
  const at = `model.layers.${layer}`;
  const before = rmsNorm(tape, stream, weight(`${at}.input_layernorm.weight`), config.normEpsilon);
  const attended = add(tape, stream, writeAttention(scope, `${at}.self_attn`, before));
  const between = rmsNorm(tape, attended, weight(`${at}.post_attention_layernorm.weight`), config.normEpsilon);
  const gate = linearProduct(tape, between, weight(`${at}.mlp.gate_proj.weight`));
  const up = linearProduct(tape, between, weight(`${at}.mlp.up_proj.weight`));
  const down = linearProduct(tape, siluGate(tape, gate, up), weight(`${at}.mlp.down_proj.weight`));
  return add(tape, attended, down);
}

function writeAttention(scope: LayerScope, at: string, x: Value): Value {
  const { tape, config, weight, batch, mask, rotary } = scope;
  const { rows, tokens } = batch.shape;
  const { heads, kvHeads, headDim } = config;
  const group = heads / kvHeads;
  const project = (part: string): Value =>
    linearProduct(
      tape,
      x,
      weight(`${at}.${part}.weight`),
      config.attentionBias ? weight(`${at}.${part}.bias`) : undefined,
    );
  const turn = (part: string, count: number): Value =>
    rotaryTurn(tape, reshape(tape, project(part), [rows, tokens, count * headDim]), rotary);
  const perHead = (y: Value): Value =>
    transpose(tape, reshape(tape, y, [rows, tokens, kvHeads, headDim]), [0, 2, 1, 3]);
  const queries = reshape(tape, turn("q_proj", heads), [rows, tokens, kvHeads, group, headDim]);
  const grouped = transpose(tape, queries, [0, 2, 3, 1, 4]);
  const output = attend(
    tape,
    {
      queries: grouped,
      keys: perHead(turn("k_proj", kvHeads)),
      values: perHead(project("v_proj")),
    },
    { mask, scale: config.attentionScale ?? 1 / Math.sqrt(headDim) },
  );
  const back = transpose(tape, output, [0, 3, 1, 2, 4]);
  return linearProduct(
    tape,
    reshape(tape, back, [rows * tokens, heads * headDim]),
    weight(`${at}.o_proj.weight`),
    config.outputBias ? weight(`${at}.o_proj.bias`) : undefined,
  );
}

function rotaryTables(
  tape: Tape,
  config: DecoderConfig,
  { shape: { tokens }, positions }: TrainingBatch,
): RotaryTables {
  const frequencies = ropeFrequencies(config);
  const shape = [tokens, frequencies.length];
  const sin = ropeRows("sin", frequencies, [0, tokens]);
  return {
    positions,
    cos: tape.constant("rotary_cos", "float32", shape, ropeRows("cos", frequencies, [0, tokens])),
    sin: tape.constant("rotary_sin", "float32", shape, sin),
    minusSin: () =>
      tape.constant(
        "rotary_minus_sin",
        "float32",
        shape,
        sin.map((value) => -value),
      ),
  };
}
