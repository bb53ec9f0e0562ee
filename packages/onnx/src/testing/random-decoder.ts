/** A small decoder of random weights in the files that an import writes, and what it says. */
import { open, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Decoder } from "@palaver/core";
import {
  type DecoderConfig,
  parseHfConfig,
  randomWeights,
  type WriteDecoderOptions,
  writeDecoder,
} from "@palaver/graph";

/** Two layers with keys and values of 2 heads of 32. */
export const randomConfig: DecoderConfig = parseHfConfig({
  architectures: ["LlamaForCausalLM"],
  hidden_size: 128,
  intermediate_size: 256,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  vocab_size: 300,
  max_position_embeddings: 256,
  tie_word_embeddings: true,
});

export interface RandomDecoderOptions extends Partial<Omit<WriteDecoderOptions, "sink" | "externalName">> {
  /** Default: `randomConfig`. */
  readonly config?: DecoderConfig;
}

/** Writes a graph with its weights beside it. */
export async function writeRandomDecoder(path: string, options: RandomDecoderOptions = {}): Promise<void> {
  const { config = randomConfig, ...form } = options;
  const data = await open(`${path}.data`, "w");
  const sink = { write: (bytes: Uint8Array) => data.appendFile(bytes) };
  const graph = await writeDecoder(config, randomWeights(config, 1), {
    ...form,
    sink,
    externalName: `${basename(path)}.data`,
  });
  await data.close();
  await writeFile(path, graph);
}

/** The logits of one token after steps. */
export async function nextLogits(decoder: Decoder, steps: readonly (readonly number[])[]): Promise<Float32Array> {
  const cache = decoder.createCache();
  for (const tokens of steps) await decoder.step([{ cache, tokens, logits: "none" }]);
  const [logits] = await decoder.step([{ cache, tokens: [9] }]);
  cache.close();
  return logits!;
}
