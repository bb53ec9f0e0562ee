import type { DecoderConfig } from "./decoder-config.ts";

/** Names and shapes of a description's weights, under Hugging Face's names. */
export function weightShapes(config: DecoderConfig): [string, number[]][] {
  const { hidden, ffn, headDim, heads, kvHeads, vocab } = config;
  const shapes: [string, number[]][] = [
    ["model.embed_tokens.weight", [vocab, hidden]],
    ["model.norm.weight", [hidden]],
  ];
  if (!config.tiedHead) shapes.push(["lm_head.weight", [vocab, hidden]]);
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `model.layers.${layer}`;
    shapes.push([`${at}.input_layernorm.weight`, [hidden]], [`${at}.post_attention_layernorm.weight`, [hidden]]);
    if (config.postNorms) {
      for (const side of ["pre", "post"]) shapes.push([`${at}.${side}_feedforward_layernorm.weight`, [hidden]]);
    }
    if (config.qkNorm) {
      for (const part of ["q", "k"]) shapes.push([`${at}.self_attn.${part}_norm.weight`, [headDim]]);
    }
    shapes.push([`${at}.mlp.down_proj.weight`, [hidden, ffn]]);
    for (const name of config.packedProjections ? ["gate_up_proj"] : ["gate_proj", "up_proj"]) {
      shapes.push([`${at}.mlp.${name}.weight`, [name === "gate_up_proj" ? 2 * ffn : ffn, hidden]]);
    }
    const projections: [string, number][] = config.packedProjections
      ? [["qkv_proj", heads + 2 * kvHeads]]
      : [
          ["q_proj", heads],
          ["k_proj", kvHeads],
          ["v_proj", kvHeads],
        ];
    for (const [name, count] of projections) {
      shapes.push([`${at}.self_attn.${name}.weight`, [count * headDim, hidden]]);
      if (config.attentionBias) shapes.push([`${at}.self_attn.${name}.bias`, [count * headDim]]);
    }
    shapes.push([`${at}.self_attn.o_proj.weight`, [hidden, heads * headDim]]);
    if (config.outputBias) shapes.push([`${at}.self_attn.o_proj.bias`, [hidden]]);
  }
  return shapes;
}
