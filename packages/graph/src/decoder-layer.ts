import { writeAttention } from "./attention.ts";
import type { DecoderConfig } from "./decoder-config.ts";
import { writeFeedForward } from "./feed-forward.ts";
import { type WriteScope, writeLinear } from "./linear.ts";
import { type Stream, writeNorm, writePlainNorm } from "./norm.ts";

/**
 * Adds one layer: `h = x + attention(norm(x))`, then `h + feedForward(norm(h))`; where the description has norms after
 * both as well, `x + norm(attention(norm(x)))` and so on.
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
  const norm = config.postNorms ? FOUR_NORMS : TWO_NORMS;
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
  const after = async (value: string, tensor: string | undefined): Promise<string> =>
    tensor === undefined
      ? value
      : writePlainNorm(scope, config, value, { name: `${value}_post_norm`, tensor: `${tensors}.${tensor}` });
  const second = await writeNorm(
    scope,
    config,
    { residual: pick(normed.residual), update: await after(`${at}.attention`, norm.afterAttention) },
    { name: `${at}.ffn_norm`, tensor: `${tensors}.${norm.beforeFeedForward}` },
  );
  const ffn = await writeFeedForward(scope, config, layer, second.output);
  return { residual: second.residual, update: await after(ffn, norm.afterFeedForward) };
}

// --- internal ---

// Llama's name for the norm before the feed-forward layer means, where there are four, what it says.
const TWO_NORMS = {
  afterAttention: undefined,
  beforeFeedForward: "post_attention_layernorm",
  afterFeedForward: undefined,
} as const;

const FOUR_NORMS = {
  afterAttention: "post_attention_layernorm",
  beforeFeedForward: "pre_feedforward_layernorm",
  afterFeedForward: "post_feedforward_layernorm",
} as const;
