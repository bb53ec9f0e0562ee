// The same weights as a GGUF.
import { open } from "node:fs/promises";
import { quantizeQ4_0, quantizeQ8_0, toFloat32, writeGguf } from "../../packages/formats/dist/index.js";
import { ropeFactors } from "./rope-frequencies.mjs";

/** Layers in Q4_0 and the table in Q8_0: 4 and 8 bits in blocks of 32, as in Palaver's graph with such blocks. */
export async function writeGgufFile(path, config, weights) {
  const tensors = new Map();
  for (const [name, { shape }] of weights.tensors) {
    const isMatrix = shape.length === 2;
    const type = !isMatrix ? "F32" : name === "model.embed_tokens.weight" ? "Q8_0" : "Q4_0";
    const pairs = config.family === "llama" && /\.(q|k)_proj\.weight$/.test(name);
    const bytes = async function* () {
      let values = toFloat32("BF16", await weights.read(name));
      if (pairs) values = pairsFromHalves(values, shape, config.headDim);
      if (type === "F32") yield new Uint8Array(values.buffer);
      else yield type === "Q8_0" ? quantizeQ8_0(values) : quantizeQ4_0(values);
    };
    tensors.set(ggufName(name), { type, shape, bytes: bytes() });
  }
  const factors = ropeFactors(config);
  if (factors !== undefined) {
    const bytes = new Uint8Array(Float32Array.from(factors).buffer);
    tensors.set("rope_freqs.weight", { type: "F32", shape: [factors.length], bytes: [bytes] });
  }
  const file = await open(path, "w");
  try {
    await writeGguf({ write: (bytes) => file.appendFile(bytes) }, { metadata: ggufMetadata(config), tensors });
  } finally {
    await file.close();
  }
}

const stems = {
  embed_tokens: "token_embd",
  norm: "output_norm",
  input_layernorm: "attn_norm",
  q_proj: "attn_q",
  k_proj: "attn_k",
  v_proj: "attn_v",
  o_proj: "attn_output",
  post_attention_layernorm: "ffn_norm",
  gate_proj: "ffn_gate",
  up_proj: "ffn_up",
  down_proj: "ffn_down",
};

function ggufName(name) {
  const [, layer, stem, kind] = /^model\.(?:layers\.(\d+)\.)?(?:self_attn\.|mlp\.)?(\w+)\.(weight|bias)$/.exec(name);
  return `${layer === undefined ? "" : `blk.${layer}.`}${stems[stem]}.${kind}`;
}

// llama.cpp wants row i of a head's first half beside row i of its second half.
function pairsFromHalves(values, [rows, columns], headDim) {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const inHead = row % headDim;
    const from = row - inHead + Math.floor(inHead / 2) + (inHead % 2) * (headDim / 2);
    result.set(values.subarray(from * columns, (from + 1) * columns), row * columns);
  }
  return result;
}

// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md; the vocabulary is made up, its size is the shape's.
function ggufMetadata(config) {
  const uint32 = (value) => ({ type: "uint32", value });
  const float32 = (value) => ({ type: "float32", value });
  const string = (value) => ({ type: "string", value });
  const { family, vocab } = config;
  const special = ["<unk>", "<s>", "</s>"];
  const token = (id) => {
    if (id < 3) return special[id];
    return id < 259 ? `<0x${(id - 3).toString(16).toUpperCase().padStart(2, "0")}>` : `t${id}`;
  };
  // llama_token_type: 1 normal, 2 unknown, 3 control, 6 byte.
  const kind = (id) => (id === 0 ? 2 : id < 3 ? 3 : id < 259 ? 6 : 1);
  const ids = Array.from({ length: vocab }, (_, id) => id);
  return new Map([
    ["general.architecture", string(family)],
    ["general.name", string("random")],
    [`${family}.vocab_size`, uint32(vocab)],
    [`${family}.block_count`, uint32(config.layers)],
    [`${family}.context_length`, uint32(config.contextTokens)],
    [`${family}.embedding_length`, uint32(config.hidden)],
    [`${family}.feed_forward_length`, uint32(config.ffn)],
    [`${family}.attention.head_count`, uint32(config.heads)],
    [`${family}.attention.head_count_kv`, uint32(config.kvHeads)],
    [`${family}.attention.layer_norm_rms_epsilon`, float32(config.normEpsilon)],
    [`${family}.rope.dimension_count`, uint32(config.headDim)],
    [`${family}.rope.freq_base`, float32(config.ropeTheta)],
    ["tokenizer.ggml.model", string("llama")],
    ["tokenizer.ggml.tokens", { type: "array", itemType: "string", value: ids.map(token) }],
    ["tokenizer.ggml.scores", { type: "array", itemType: "float32", value: Float32Array.from(ids, (id) => -id) }],
    ["tokenizer.ggml.token_type", { type: "array", itemType: "int32", value: Int32Array.from(ids, kind) }],
    ["tokenizer.ggml.bos_token_id", uint32(1)],
    ["tokenizer.ggml.eos_token_id", uint32(2)],
    ["tokenizer.ggml.unknown_token_id", uint32(0)],
  ]);
}
