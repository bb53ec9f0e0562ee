import type { DecoderConfig } from "../decoder-config.ts";
import { BLOCK } from "./block-product.ts";
import { blockTensors } from "./decoder-weights.ts";
import type { TrainingParameter } from "./training-graphs.ts";
import { type LoraOptions, loraTargets, type TrainingOptions } from "./training-options.ts";

/** What changes in training, and what is read only. */
export interface ParameterSets {
  readonly parameters: readonly TrainingParameter[];
  readonly frozen: readonly TrainingParameter[];
}

/** Sorts a decoder's tensors by what the options train. */
export function trainingParameters(config: DecoderConfig, { lora }: TrainingOptions): ParameterSets {
  const all = decoderParameters(config);
  if (lora === undefined) return { parameters: all, frozen: [] };
  const targets: readonly string[] = loraTargets(config, lora);
  const parameters = all.flatMap((tensor) => (targets.includes(projection(tensor)) ? changes(tensor, lora) : []));
  const frozen = lora.base === "q4" ? all.flatMap(inBlocks) : all;
  return { parameters, frozen: frozen.map((tensor) => ({ ...tensor, decay: false })) };
}

// --- internal ---

// A decoder's tensors under Hugging Face's names, in the order in which a token meets them.
function decoderParameters(config: DecoderConfig): TrainingParameter[] {
  const parameters: TrainingParameter[] = [];
  const table = (name: string) =>
    parameters.push({ name: `${name}.weight`, shape: [config.vocab, config.hidden], decay: true });
  const matrix = (name: string, shape: readonly [number, number]) =>
    parameters.push({ name: `${name}.weight`, shape, decay: true, hidden: true });
  const vector = (name: string, length: number) => parameters.push({ name, shape: [length], decay: false });
  const norm = (name: string, length = config.hidden) => vector(`${name}.weight`, length);
  table("model.embed_tokens");
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `model.layers.${layer}`;
    norm(`${at}.input_layernorm`);
    for (const [part, width] of attentionParts(config)) {
      matrix(`${at}.self_attn.${part}`, [width, config.hidden]);
      if (config.attentionBias) vector(`${at}.self_attn.${part}.bias`, width);
    }
    if (config.qkNorm) for (const part of ["q", "k"]) norm(`${at}.self_attn.${part}_norm`, config.headDim);
    matrix(`${at}.self_attn.o_proj`, [config.hidden, config.heads * config.headDim]);
    if (config.outputBias) vector(`${at}.self_attn.o_proj.bias`, config.hidden);
    norm(`${at}.post_attention_layernorm`);
    if (config.postNorms) for (const side of ["pre", "post"]) norm(`${at}.${side}_feedforward_layernorm`);
    for (const [part, width] of gateParts(config)) matrix(`${at}.mlp.${part}`, [width, config.hidden]);
    matrix(`${at}.mlp.down_proj`, [config.hidden, config.ffn]);
  }
  norm("model.norm");
  if (!config.tiedHead) table("lm_head");
  return parameters;
}

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

/** `q_proj` of `model.layers.0.self_attn.q_proj.weight`; "" of what is no layer's matrix. */
function projection({ name, shape }: TrainingParameter): string {
  return shape.length === 2 ? (/^model\.layers\.\d+\.\w+\.(\w+)\.weight$/.exec(name)?.[1] ?? "") : "";
}

function changes({ name, shape }: TrainingParameter, { rank }: LoraOptions): TrainingParameter[] {
  const [rows, columns] = shape as [number, number];
  const stem = name.slice(0, -".weight".length);
  return [
    { name: `${stem}.lora_A`, shape: [rank, columns], decay: true },
    { name: `${stem}.lora_B`, shape: [rows, rank], decay: true },
  ];
}

function inBlocks(tensor: TrainingParameter): TrainingParameter[] {
  const [rows, columns] = tensor.shape as [number, number];
  if (projection(tensor) === "" || columns % BLOCK !== 0) return [tensor];
  return blockTensors(tensor.name.slice(0, -".weight".length), [rows, columns]);
}
