import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { controlTokens, tinyTokenizerJson } from "./tiny-tokenizer.ts";

export interface TinyModelOptions {
  /** Seed of the weights. Default: 1. */
  readonly seed?: number;
  /** Longest sequence. Default: 512. */
  readonly contextTokens?: number;
  /** Writes a chat template (the Llama 3 form). Default: true. */
  readonly template?: boolean;
}

const config = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  hidden_act: "silu",
  hidden_size: 64,
  intermediate_size: 96,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  num_hidden_layers: 2,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  tie_word_embeddings: true,
  torch_dtype: "float32",
  vocab_size: 256 + controlTokens.length,
  bos_token_id: 256,
  eos_token_id: [257, 260],
};

const chatTemplate = `{{- bos_token }}
{%- for message in messages %}
{{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' }}
{%- endfor %}
{%- if add_generation_prompt %}
{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}`;

/** Writes a Llama-family checkpoint of about 70,000 random weights into `folder`: what it says is noise, and always the same. */
export function writeTinyModel(
  folder: string,
  { seed = 1, contextTokens = 512, template = true }: TinyModelOptions = {},
): void {
  mkdirSync(folder, { recursive: true });
  const json = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));
  json("config.json", { ...config, max_position_embeddings: contextTokens });
  json("generation_config.json", { eos_token_id: config.eos_token_id });
  json("tokenizer_config.json", { bos_token: "<|begin_of_text|>", eos_token: "<|end_of_text|>" });
  writeFileSync(join(folder, "tokenizer.json"), tinyTokenizerJson());
  if (template) writeFileSync(join(folder, "chat_template.jinja"), chatTemplate);
  writeFileSync(join(folder, "model.safetensors"), safetensors(shapes(), mulberry32(seed)));
}

// --- internal ---

function shapes(): [string, number[]][] {
  const { hidden_size: hidden, intermediate_size: ffn, num_hidden_layers: layers } = config;
  const kv = (hidden / config.num_attention_heads) * config.num_key_value_heads;
  const list: [string, number[]][] = [
    ["model.embed_tokens.weight", [config.vocab_size, hidden]],
    ["model.norm.weight", [hidden]],
  ];
  for (let layer = 0; layer < layers; layer++) {
    const name = (part: string) => `model.layers.${layer}.${part}.weight`;
    list.push(
      [name("input_layernorm"), [hidden]],
      [name("self_attn.q_proj"), [hidden, hidden]],
      [name("self_attn.k_proj"), [kv, hidden]],
      [name("self_attn.v_proj"), [kv, hidden]],
      [name("self_attn.o_proj"), [hidden, hidden]],
      [name("post_attention_layernorm"), [hidden]],
      [name("mlp.gate_proj"), [ffn, hidden]],
      [name("mlp.up_proj"), [ffn, hidden]],
      [name("mlp.down_proj"), [hidden, ffn]],
    );
  }
  return list;
}

/** Norms start at one; matrices are uniform, scaled so that activations keep their size. */
function safetensors(tensors: readonly [string, number[]][], random: () => number): Buffer {
  const header: Record<string, unknown> = {};
  const chunks: Buffer[] = [];
  let offset = 0;
  for (const [name, shape] of tensors) {
    const count = shape.reduce((product, size) => product * size, 1);
    const scale = Math.sqrt(3 / shape.at(-1)!);
    const values = Float32Array.from({ length: count }, () => (shape.length === 1 ? 1 : (random() * 2 - 1) * scale));
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset + values.byteLength] };
    chunks.push(Buffer.from(values.buffer));
    offset += values.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, 0x20)]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, ...chunks]);
}

/** A small seeded generator (Mulberry32, public domain by Tommy Ettinger): the fixture is the same everywhere. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
