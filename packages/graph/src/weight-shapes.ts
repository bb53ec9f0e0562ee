import type { DecoderConfig } from "./decoder-config.ts";

/** Names and shapes of a description's weights, under Hugging Face's names, in the order in which a token meets them. */
export function weightShapes(config: DecoderConfig): [name: string, shape: number[]][] {
  const { hidden, ffn, headDim, heads, vocab } = config;
  const shapes: [string, number[]][] = [];
  const weight = (name: string, ...shape: number[]) => shapes.push([`${name}.weight`, shape]);
  const bias = (name: string, length: number) => shapes.push([`${name}.bias`, [length]]);
  weight("model.embed_tokens", vocab, hidden);
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `model.layers.${layer}`;
    weight(`${at}.input_layernorm`, hidden);
    for (const [part, width] of attentionParts(config)) {
      weight(`${at}.self_attn.${part}`, width, hidden);
      if (config.attentionBias) bias(`${at}.self_attn.${part}`, width);
    }
    if (config.qkNorm) for (const part of ["q", "k"]) weight(`${at}.self_attn.${part}_norm`, headDim);
    weight(`${at}.self_attn.o_proj`, hidden, heads * headDim);
    if (config.outputBias) bias(`${at}.self_attn.o_proj`, hidden);
    weight(`${at}.post_attention_layernorm`, hidden);
    if (config.postNorms) for (const side of ["pre", "post"]) weight(`${at}.${side}_feedforward_layernorm`, hidden);
    for (const [part, width] of gateParts(config)) weight(`${at}.mlp.${part}`, width, hidden);
    weight(`${at}.mlp.down_proj`, hidden, ffn);
  }
  weight("model.norm", hidden);
  if (!config.tiedHead) weight("lm_head", vocab, hidden);
  return shapes;
}

// --- internal ---

function attentionParts({ packedProjections, heads, kvHeads, headDim }: DecoderConfig): [string, number][] {
  if (packedProjections) return [["qkv_proj", (heads + 2 * kvHeads) * headDim]];
  return [
    ["q_proj", heads * headDim],
    ["k_proj", kvHeads * headDim],
    ["v_proj", kvHeads * headDim],
  ];
}

function gateParts({ packedProjections, ffn }: DecoderConfig): [string, number][] {
  if (packedProjections) return [["gate_up_proj", 2 * ffn]];
  return [
    ["gate_proj", ffn],
    ["up_proj", ffn],
  ];
}
