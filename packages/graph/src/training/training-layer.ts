import type { DecoderConfig } from "../decoder-config.ts";
import { add } from "./add.ts";
import { split } from "./axis-parts.ts";
import type { DecoderWeights } from "./decoder-weights.ts";
import { gated } from "./gated.ts";
import { rmsNorm } from "./rms-norm.ts";
import type { Tape, Value } from "./tape.ts";
import { type AttentionPlan, trainingAttention } from "./training-attention.ts";
import type { BatchShape } from "./training-graphs.ts";

/** What a decoder's layers are written with. */
export interface TrainingScope {
  readonly tape: Tape;
  readonly config: DecoderConfig;
  readonly weights: DecoderWeights;
  readonly shape: BatchShape;
  plan(layer: number): AttentionPlan;
}

/**
 * One layer over the stream, `(rows * tokens, hidden)`: `h = x + attention(norm(x))`, then `h + feedForward(norm(h))`;
 * where the description has norms after both as well, `x + norm(attention(norm(x)))` and so on.
 */
export function trainingLayer(scope: TrainingScope, layer: number, stream: Value): Value {
  const { tape, config } = scope;
  const at = `model.layers.${layer}`;
  const norm = (x: Value, name: string): Value => streamNorm(scope, x, `${at}.${name}.weight`);
  const after = (x: Value, name: string): Value => (config.postNorms ? norm(x, name) : x);
  const attention = trainingAttention(scope, layer, norm(stream, "input_layernorm"));
  const attended = add(tape, stream, after(attention, "post_attention_layernorm"));
  // Llama's name for the norm before the feed-forward layer means, where there are four, what it says.
  const before = config.postNorms ? "pre_feedforward_layernorm" : "post_attention_layernorm";
  const output = feedForward(scope, `${at}.mlp`, norm(attended, before));
  return add(tape, attended, after(output, "post_feedforward_layernorm"));
}

/** A norm of rows of the stream's width. */
export function streamNorm({ tape, config, weights }: TrainingScope, x: Value, name: string): Value {
  return rmsNorm(tape, x, weights.value(name), { epsilon: config.normEpsilon, offset: config.normOffset });
}

// --- internal ---

function feedForward({ tape, config, weights }: TrainingScope, at: string, x: Value): Value {
  const { ffn, packedProjections, activation } = config;
  const [gate, up] = packedProjections
    ? split(tape, weights.linear(x, `${at}.gate_up_proj`), 1, [ffn, ffn])
    : [weights.linear(x, `${at}.gate_proj`), weights.linear(x, `${at}.up_proj`)];
  return weights.linear(gated(tape, gate!, up!, activation), `${at}.down_proj`);
}
