// A decoder graph of a well-known shape with random weights, as files in a folder.

import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseHfConfig, randomWeights, writeDecoder } from "../../packages/graph/dist/index.js";

const llama = { architectures: ["LlamaForCausalLM"], rms_norm_eps: 1e-5, rope_theta: 1e5, tie_word_embeddings: true };

export const SHAPES = {
  // https://huggingface.co/HuggingFaceTB/SmolLM2-135M/blob/main/config.json
  smollm2: {
    ...llama,
    hidden_size: 576,
    intermediate_size: 1536,
    num_hidden_layers: 30,
    num_attention_heads: 9,
    num_key_value_heads: 3,
    vocab_size: 49_152,
    max_position_embeddings: 8192,
  },
  // https://huggingface.co/Qwen/Qwen2.5-0.5B/blob/main/config.json
  qwen2: {
    architectures: ["Qwen2ForCausalLM"],
    rms_norm_eps: 1e-6,
    rope_theta: 1e6,
    tie_word_embeddings: true,
    hidden_size: 896,
    intermediate_size: 4864,
    num_hidden_layers: 24,
    num_attention_heads: 14,
    num_key_value_heads: 2,
    vocab_size: 151_936,
    max_position_embeddings: 32_768,
  },
  // The size of https://huggingface.co/karpathy/tinyllamas/tree/main/stories260K
  tiny: {
    ...llama,
    hidden_size: 64,
    intermediate_size: 172,
    num_hidden_layers: 5,
    num_attention_heads: 8,
    num_key_value_heads: 4,
    vocab_size: 512,
    max_position_embeddings: 512,
  },
};

/** Writes a graph in 4 bits into `folder` and gives its path. */
export async function writeRandomDecoder(folder, shape, contextTokens) {
  const config = parseHfConfig(SHAPES[shape]);
  const data = await open(join(folder, "model.onnx.data"), "w");
  const sink = { write: (bytes) => data.appendFile(bytes) };
  const options = { sink, externalName: "model.onnx.data", contextTokens, quantize: "q4" };
  await writeFile(join(folder, "model.onnx"), await writeDecoder(config, randomWeights(config, 1), options));
  await data.close();
  return join(folder, "model.onnx");
}
