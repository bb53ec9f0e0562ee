// A decoder graph of a well-known shape with random weights, as files in a folder.

import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseHfConfig, randomWeights, writeDecoder } from "../../packages/graph/dist/index.js";
import { shapes } from "../shapes.mjs";

/** By the names that the scripts here take. */
export const SHAPES = {
  smollm2: shapes["smollm2-135m"],
  qwen2: shapes["qwen2.5-0.5b"],
  llama: shapes["llama-3.2-1b"],
  // The size of https://huggingface.co/karpathy/tinyllamas/tree/main/stories260K
  tiny: {
    architectures: ["LlamaForCausalLM"],
    hidden_size: 64,
    intermediate_size: 172,
    num_hidden_layers: 5,
    num_attention_heads: 8,
    num_key_value_heads: 4,
    vocab_size: 512,
    max_position_embeddings: 512,
    rms_norm_eps: 1e-5,
    rope_theta: 1e5,
    tie_word_embeddings: true,
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
