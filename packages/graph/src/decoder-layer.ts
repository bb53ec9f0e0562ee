import type { DecoderConfig } from "./decoder-config.ts";
import { decoderValues } from "./decoder-form.ts";
import { type LinearPart, type WriteScope, writeLinear, writeLinears } from "./linear.ts";

/** Names of values and constants that all layers share. */
export const shared = {
  cos: "rope.cos",
  sin: "rope.sin",
  /** int64 (3): batch, sequence and whatever is left; turns rows of tokens into what attention takes. */
  sequenceShape: "sequence_shape",
  /** int64 (2): all rows, attention's width. */
  attentionShape: "attention_shape",
} as const;

/** The residual stream between layers, both `(tokens, hidden)`: its value is their sum. */
export interface Stream {
  readonly residual: string;
  /** What the layer before added last; undefined at the embedding. */
  readonly update: string | undefined;
}

/**
 * Adds one layer: `h = x + attention(norm(x))`, then `h + feedForward(norm(h))`.
 * With `rows`, an index of rows, everything after the attention is computed for these rows only: the last layer's
 * other rows would not be looked at.
 */
export async function writeLayer(
  scope: WriteScope,
  config: DecoderConfig,
  { layer, stream, rows }: { readonly layer: number; readonly stream: Stream; readonly rows: string | undefined },
): Promise<Stream> {
  const { graph } = scope;
  const at = `layers.${layer}`;
  const tensors = `model.layers.${layer}`;
  const normed = await writeNorm(scope, config, stream, {
    name: `${at}.input_norm`,
    tensor: `${tensors}.input_layernorm`,
  });
  const attended = await writeAttention(scope, config, layer, normed.output);
  const pick = (value: string): string => {
    if (rows === undefined) return value;
    graph.node("Gather", [value, rows], [`${value}.rows`], { axis: 0 });
    return `${value}.rows`;
  };
  const output = await writeLinear(
    scope,
    { name: `${at}.attention.output`, columns: config.heads * config.headDim, role: "layer", headColumns: true },
    { tensor: `${tensors}.self_attn.o_proj`, rows: config.hidden, bias: config.outputBias },
  );
  output.apply(pick(attended), `${at}.attention`);
  const second = await writeNorm(
    scope,
    config,
    { residual: pick(normed.residual), update: `${at}.attention` },
    { name: `${at}.ffn_norm`, tensor: `${tensors}.post_attention_layernorm` },
  );
  await writeFeedForward(scope, config, layer, second.output);
  return { residual: second.residual, update: `${at}.ffn` };
}

/** Adds a norm over the stream; gives its output and the stream's value. */
export async function writeNorm(
  { graph, checkpoint }: WriteScope,
  { hidden, normEpsilon }: DecoderConfig,
  { residual, update }: Stream,
  { name, tensor }: { readonly name: string; readonly tensor: string },
): Promise<{ readonly output: string; readonly residual: string }> {
  const scale = `${name}.scale`;
  await graph.floats(scale, [hidden], await checkpoint.vector(`${tensor}.weight`, hidden));
  const epsilon = { float: normEpsilon };
  if (update === undefined) {
    graph.node("SimplifiedLayerNormalization", [residual, scale], [name], { axis: -1, epsilon, stash_type: 1 });
    return { output: name, residual };
  }
  const sum = `${name}.residual`;
  graph.node("microsoft:SkipSimplifiedLayerNormalization", [update, residual, scale], [name, "", "", sum], { epsilon });
  return { output: name, residual: sum };
}

// --- internal ---

async function writeAttention(scope: WriteScope, config: DecoderConfig, layer: number, input: string): Promise<string> {
  const { graph } = scope;
  const at = `layers.${layer}.attention`;
  const tensors = `model.layers.${layer}.self_attn`;
  const part = (name: string, heads: number): LinearPart => ({
    tensor: `${tensors}.${name}`,
    rows: heads * config.headDim,
    bias: config.attentionBias,
    headRows: true,
  });
  const linears = await writeLinears(scope, { name: `${at}.qkv`, columns: config.hidden, role: "layer" }, [
    part("q_proj", config.heads),
    part("k_proj", config.kvHeads),
    part("v_proj", config.kvHeads),
  ]);
  const inputs = linears.map((linear, index) => {
    const name = `${at}.${linears.length === 1 ? "qkv" : "qkv"[index]}`;
    linear.apply(input, `${name}.flat`);
    graph.node("Reshape", [`${name}.flat`, shared.sequenceShape], [name]);
    return name;
  });
  graph.node(
    "microsoft:GroupQueryAttention",
    [
      ...(inputs.length === 1 ? [inputs[0]!, "", ""] : inputs),
      decoderValues.pastKey(layer),
      decoderValues.pastValue(layer),
      decoderValues.seqlensK,
      decoderValues.totalSequenceLength,
      shared.cos,
      shared.sin,
    ],
    [`${at}.heads`, decoderValues.presentKey(layer), decoderValues.presentValue(layer)],
    {
      num_heads: config.heads,
      kv_num_heads: config.kvHeads,
      scale: { float: 1 / Math.sqrt(config.headDim) },
      do_rotary: 1,
      rotary_interleaved: 0,
      // The window counts the token that looks.
      local_window_size: config.slidingWindow ?? -1,
    },
  );
  graph.node("Reshape", [`${at}.heads`, shared.attentionShape], [`${at}.flat`]);
  return `${at}.flat`;
}

async function writeFeedForward(scope: WriteScope, config: DecoderConfig, layer: number, input: string): Promise<void> {
  const { graph } = scope;
  const at = `layers.${layer}.ffn`;
  const tensors = `model.layers.${layer}.mlp`;
  const { hidden, ffn } = config;
  const wide = { columns: hidden, role: "layer" } as const;
  const gate = await writeLinear(scope, { name: `${at}.gate`, ...wide }, { tensor: `${tensors}.gate_proj`, rows: ffn });
  gate.apply(input, `${at}.gate`);
  const up = await writeLinear(scope, { name: `${at}.up`, ...wide }, { tensor: `${tensors}.up_proj`, rows: ffn });
  up.apply(input, `${at}.up`);
  graph.node("Sigmoid", [`${at}.gate`], [`${at}.sigmoid`]);
  graph.node("Mul", [`${at}.gate`, `${at}.sigmoid`], [`${at}.silu`]);
  graph.node("Mul", [`${at}.silu`, `${at}.up`], [`${at}.gated`]);
  const down = await writeLinear(
    scope,
    { name: `${at}.down`, columns: ffn, role: "layer" },
    { tensor: `${tensors}.down_proj`, rows: hidden },
  );
  down.apply(`${at}.gated`, at);
}
