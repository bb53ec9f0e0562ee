/** Checkpoints with one tensor of some hundred megabytes, written without holding it: for measuring what reading them takes. */

import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type GgmlType,
  type GgufEntry,
  type GgufValue,
  ggmlByteLength,
  type SafetensorsEntry,
  type TensorBytes,
  writeGguf,
  writeSafetensors,
} from "@palaver/formats";

const HIDDEN = 1024;
const FFN = 2048;

const fields = {
  architectures: ["LlamaForCausalLM"],
  hidden_size: HIDDEN,
  intermediate_size: FFN,
  num_hidden_layers: 1,
  num_attention_heads: 16,
  num_key_value_heads: 4,
  max_position_embeddings: 256,
  tie_word_embeddings: true,
};

const LAYER: readonly (readonly [hf: string, gguf: string, shape: readonly number[]])[] = [
  ["input_layernorm", "attn_norm", [HIDDEN]],
  ["post_attention_layernorm", "ffn_norm", [HIDDEN]],
  ["self_attn.q_proj", "attn_q", [HIDDEN, HIDDEN]],
  ["self_attn.k_proj", "attn_k", [HIDDEN / 4, HIDDEN]],
  ["self_attn.v_proj", "attn_v", [HIDDEN / 4, HIDDEN]],
  ["self_attn.o_proj", "attn_output", [HIDDEN, HIDDEN]],
  ["mlp.gate_proj", "ffn_gate", [FFN, HIDDEN]],
  ["mlp.up_proj", "ffn_up", [FFN, HIDDEN]],
  ["mlp.down_proj", "ffn_down", [HIDDEN, FFN]],
];

/** Writes a safetensors folder of two shards, bfloat16, and gives the bytes of its largest tensor. */
export async function writeLargeSafetensors(folder: string, vocab: number): Promise<number> {
  await mkdir(folder, { recursive: true });
  const embedding = ["model.embed_tokens.weight", [vocab, HIDDEN]] as const;
  const rest = [
    ["model.norm.weight", [HIDDEN]] as const,
    ...LAYER.map(([name, , shape]) => [`model.layers.0.${name}.weight`, shape] as const),
  ];
  const shards = { "model-00001-of-00002.safetensors": [embedding], "model-00002-of-00002.safetensors": rest };
  const weightMap: Record<string, string> = {};
  for (const [file, list] of Object.entries(shards)) {
    const tensors = new Map<string, SafetensorsEntry & { readonly bytes: TensorBytes }>();
    for (const [name, shape] of list) {
      weightMap[name] = file;
      tensors.set(name, { type: "BF16", shape, bytes: repeated([0x10, 0x3c], ggmlByteLength("BF16", shape)!) });
    }
    await withFile(join(folder, file), (sink) => writeSafetensors(sink, { tensors }));
  }
  await writeFile(join(folder, "model.safetensors.index.json"), JSON.stringify({ weight_map: weightMap }));
  await writeFile(join(folder, "config.json"), JSON.stringify({ ...fields, vocab_size: vocab }));
  return ggmlByteLength("BF16", embedding[1])!;
}

/** Writes a GGUF whose matrices are Q6_K, and gives the bytes of its largest tensor. */
export async function writeLargeGguf(path: string, vocab: number): Promise<number> {
  const number = (value: number): GgufValue => ({ type: "uint32", value });
  const metadata = new Map<string, GgufValue>([
    ["general.architecture", { type: "string", value: "llama" }],
    ["llama.block_count", number(1)],
    ["llama.context_length", number(256)],
    ["llama.embedding_length", number(HIDDEN)],
    ["llama.feed_forward_length", number(FFN)],
    ["llama.attention.head_count", number(16)],
    ["llama.attention.head_count_kv", number(4)],
    ["llama.attention.layer_norm_rms_epsilon", { type: "float32", value: 2 ** -17 }],
  ]);
  const tensors = new Map<string, GgufEntry & { readonly bytes: TensorBytes }>();
  const add = (name: string, shape: readonly number[]): void => {
    const type: GgmlType = shape.length === 1 ? "F32" : "Q6_K";
    const block = type === "F32" ? [0, 0, 0x80, 0x3f] : q6Block();
    tensors.set(name, { type, shape, bytes: repeated(block, ggmlByteLength(type, shape)!) });
  };
  add("token_embd.weight", [vocab, HIDDEN]);
  add("output_norm.weight", [HIDDEN]);
  for (const [, name, shape] of LAYER) add(`blk.0.${name}.weight`, shape);
  await withFile(path, (sink) => writeGguf(sink, { metadata, tensors }));
  return ggmlByteLength("Q6_K", [vocab, HIDDEN])!;
}

// --- internal ---

// 192 bytes of quants, 16 scales, one scale of them: 2^-9 as binary16.
function q6Block(): number[] {
  const quants = Array.from({ length: 192 }, (_, i) => (i * 37) & 255);
  return [...quants, ...Array.from({ length: 16 }, (_, i) => i + 1), 0x00, 0x18];
}

async function* repeated(unit: readonly number[], length: number): AsyncGenerator<Uint8Array> {
  const part = new Uint8Array(unit.length * Math.ceil(2 ** 20 / unit.length));
  for (let at = 0; at < part.length; at += unit.length) part.set(unit, at);
  for (let done = 0; done < length; done += part.length) yield part.subarray(0, Math.min(part.length, length - done));
}

async function withFile(
  path: string,
  write: (sink: { write(bytes: Uint8Array): Promise<void> }) => Promise<void>,
): Promise<void> {
  const file = await open(path, "w");
  try {
    await write({ write: (bytes) => file.appendFile(bytes) });
  } finally {
    await file.close();
  }
}
