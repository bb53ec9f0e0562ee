import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  encodeGguf,
  encodeSafetensors,
  type GgufEntry,
  type GgufValue,
  quantizeQ4_0,
  type SafetensorsEntry,
} from "@palaver/formats";

/** A decoder of 1 layer, a hidden size of 32 and a vocabulary of bytes; its weights are a fixed wave. */
const VOCAB = 258;
const HIDDEN = 32;
const FFN = 64;

export const tinyHfConfig = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  hidden_size: HIDDEN,
  intermediate_size: FFN,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  head_dim: 16,
  vocab_size: VOCAB,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
  bos_token_id: 256,
  eos_token_id: 257,
};

const tinyTemplate =
  "{% for message in messages %}<s>{{ message.role }}: {{ message.content }}</s>{% endfor %}" +
  "{% if add_generation_prompt %}<s>assistant: {% endif %}";

const shapes: readonly (readonly [hf: string, gguf: string, shape: readonly number[]])[] = [
  ["model.embed_tokens.weight", "token_embd.weight", [VOCAB, HIDDEN]],
  ["model.norm.weight", "output_norm.weight", [HIDDEN]],
  ["model.layers.0.input_layernorm.weight", "blk.0.attn_norm.weight", [HIDDEN]],
  ["model.layers.0.post_attention_layernorm.weight", "blk.0.ffn_norm.weight", [HIDDEN]],
  ["model.layers.0.self_attn.q_proj.weight", "blk.0.attn_q.weight", [32, HIDDEN]],
  ["model.layers.0.self_attn.k_proj.weight", "blk.0.attn_k.weight", [16, HIDDEN]],
  ["model.layers.0.self_attn.v_proj.weight", "blk.0.attn_v.weight", [16, HIDDEN]],
  ["model.layers.0.self_attn.o_proj.weight", "blk.0.attn_output.weight", [HIDDEN, 32]],
  ["model.layers.0.mlp.gate_proj.weight", "blk.0.ffn_gate.weight", [FFN, HIDDEN]],
  ["model.layers.0.mlp.up_proj.weight", "blk.0.ffn_up.weight", [FFN, HIDDEN]],
  ["model.layers.0.mlp.down_proj.weight", "blk.0.ffn_down.weight", [HIDDEN, FFN]],
];

/** The bytes of the safetensors file; another `seed` gives other weights. */
export function tinySafetensors(seed = 1): Uint8Array {
  const tensors = shapes.map(([name, , shape]) => [name, { type: "F32", shape, bytes: wave(shape, seed) }] as const);
  return encodeSafetensors({ tensors: new Map(tensors) });
}

/** Writes the checkpoint as a safetensors folder with tokenizer and template into an empty folder. */
export async function writeTinyFolder(folder: string, seed = 1): Promise<void> {
  await writeFile(join(folder, "model.safetensors"), tinySafetensors(seed));
  await writeFile(join(folder, "config.json"), JSON.stringify(tinyHfConfig));
  await writeFile(join(folder, "generation_config.json"), '{"temperature":0.6,"top_p":0.9,"eos_token_id":[257]}');
  await writeFile(join(folder, "tokenizer.json"), JSON.stringify(tokenizerJson()));
  await writeFile(
    join(folder, "tokenizer_config.json"),
    JSON.stringify({ bos_token: "<s>", eos_token: { content: "</s>" }, chat_template: tinyTemplate }),
  );
}

/** The checkpoint in two shards and their index, by names of files; tensors take turns. */
export function tinyShards(): Map<string, Uint8Array | string> {
  const names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"] as const;
  const shards = names.map(() => new Map<string, SafetensorsEntry & { readonly bytes: Uint8Array }>());
  const files: Record<string, string> = {};
  for (const [i, [name, , shape]] of shapes.entries()) {
    shards[i % 2]!.set(name, { type: "F32", shape, bytes: wave(shape, 1) });
    files[name] = names[i % 2]!;
  }
  return new Map<string, Uint8Array | string>([
    ...names.map((name, i) => [name, encodeSafetensors({ tensors: shards[i]! })] as const),
    ["model.safetensors.index.json", JSON.stringify({ metadata: {}, weight_map: files })],
  ]);
}

/** The bytes of the same checkpoint as a GGUF whose matrices are Q4_0; `changes` to its metadata, undefined takes a key away. */
export function tinyGguf(changes: Readonly<Record<string, GgufValue | undefined>> = {}): Uint8Array {
  const tensors = new Map<string, GgufEntry & { readonly bytes: Uint8Array }>();
  for (const [, name, shape] of shapes) {
    const bytes = wave(shape, 1);
    if (shape.length === 1) tensors.set(name, { type: "F32", shape, bytes });
    else tensors.set(name, { type: "Q4_0", shape, bytes: quantizeQ4_0(new Float32Array(bytes.buffer)) });
  }
  const metadata = new Map<string, GgufValue>();
  for (const [key, value] of Object.entries({ ...ggufMetadata(), ...changes })) {
    if (value !== undefined) metadata.set(key, value);
  }
  return encodeGguf({ metadata, tensors });
}

// --- internal ---

function wave(shape: readonly number[], seed: number): Uint8Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from({ length: count }, (_, i) =>
    shape.length === 1 ? 1 : Math.sin((i + 1) * (0.7 + seed)) / 4,
  );
  return new Uint8Array(values.buffer);
}

// GPT-2's way to spell bytes: printable ones stand for themselves, the others follow from U+0100 on.
function byteTokens(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCodePoint(isPrintable ? byte : next++);
  });
}

function tokenizerJson(): unknown {
  const special = (id: number, content: string) => ({
    id,
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  });
  return {
    version: "1.0",
    added_tokens: [special(256, "<s>"), special(257, "</s>")],
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: { type: "BPE", vocab: Object.fromEntries(byteTokens().map((token, id) => [token, id])), merges: [] },
  };
}

function ggufMetadata(): Record<string, GgufValue> {
  const number = (value: number): GgufValue => ({ type: "uint32", value });
  const text = (value: string): GgufValue => ({ type: "string", value });
  return {
    "general.architecture": text("llama"),
    "general.name": text("tiny"),
    "llama.block_count": number(1),
    "llama.context_length": number(64),
    "llama.embedding_length": number(HIDDEN),
    "llama.feed_forward_length": number(FFN),
    "llama.attention.head_count": number(2),
    "llama.attention.head_count_kv": number(1),
    "llama.attention.layer_norm_rms_epsilon": { type: "float32", value: Math.fround(1e-5) },
    "tokenizer.ggml.model": text("gpt2"),
    "tokenizer.ggml.pre": text("gpt-2"),
    "tokenizer.ggml.tokens": { type: "array", itemType: "string", value: [...byteTokens(), "<s>", "</s>"] },
    "tokenizer.ggml.token_type": {
      type: "array",
      itemType: "int32",
      value: Int32Array.from({ length: VOCAB }, (_, id) => (id < 256 ? 1 : 3)),
    },
    "tokenizer.ggml.merges": { type: "array", itemType: "string", value: [] },
    "tokenizer.ggml.bos_token_id": number(256),
    "tokenizer.ggml.eos_token_id": number(257),
    "tokenizer.chat_template": text(tinyTemplate),
  };
}
