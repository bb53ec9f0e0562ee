import type { DecoderConfig } from "../decoder-config.ts";
import type { TrainingParameter } from "./training-graphs.ts";

/** A decoder's tensors under Hugging Face's names, in the order in which a token meets them. */
export function decoderParameters(config: DecoderConfig): TrainingParameter[] {
  const { hidden, ffn, headDim, heads, kvHeads, vocab } = config;
  const parameters: TrainingParameter[] = [];
  const matrix = (name: string, shape: readonly [number, number]) =>
    parameters.push({ name: `${name}.weight`, shape, decay: true });
  const vector = (name: string, length: number) => parameters.push({ name, shape: [length], decay: false });
  matrix("model.embed_tokens", [vocab, hidden]);
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `model.layers.${layer}`;
    vector(`${at}.input_layernorm.weight`, hidden);
    for (const [part, count] of [
      ["q_proj", heads],
      ["k_proj", kvHeads],
      ["v_proj", kvHeads],
    ] as const) {
      matrix(`${at}.self_attn.${part}`, [count * headDim, hidden]);
      if (config.attentionBias) vector(`${at}.self_attn.${part}.bias`, count * headDim);
    }
    matrix(`${at}.self_attn.o_proj`, [hidden, heads * headDim]);
    if (config.outputBias) vector(`${at}.self_attn.o_proj.bias`, hidden);
    vector(`${at}.post_attention_layernorm.weight`, hidden);
    matrix(`${at}.mlp.gate_proj`, [ffn, hidden]);
    matrix(`${at}.mlp.up_proj`, [ffn, hidden]);
    matrix(`${at}.mlp.down_proj`, [hidden, ffn]);
  }
  vector("model.norm.weight", hidden);
  if (!config.tiedHead) matrix("lm_head", [vocab, hidden]);
  return parameters;
}
