import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeSafetensors, type SafetensorsEntry } from "@palaver/formats";
import { parseHfConfig, randomWeights } from "@palaver/graph";

/** Sizes of a decoder that takes no time, as a config.json has them. */
export const randomFields = {
  hidden_size: 32,
  intermediate_size: 48,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  head_dim: 32,
  vocab_size: 99,
  max_position_embeddings: 128,
};

export interface RandomCheckpointOptions {
  /** Changes the names of tensors. Default: none. */
  readonly rename?: (name: string) => string;
  /** Names of further tensors, of one number each. Default: none. */
  readonly extra?: readonly string[];
}

/** Writes a checkpoint of random bfloat16 weights for any description into a folder, without a tokenizer. */
export async function writeRandomCheckpoint(
  folder: string,
  json: object,
  { rename = (name) => name, extra = [] }: RandomCheckpointOptions = {},
): Promise<void> {
  const weights = randomWeights(parseHfConfig(json), 1);
  const tensors = new Map<string, SafetensorsEntry & { readonly bytes: Uint8Array }>();
  for (const [name, { shape }] of weights.tensors) {
    tensors.set(rename(name), { type: "BF16", shape, bytes: await weights.read(name) });
  }
  for (const name of extra) tensors.set(name, { type: "BF16", shape: [1], bytes: new Uint8Array(2) });
  await writeFile(join(folder, "model.safetensors"), encodeSafetensors({ tensors }));
  await writeFile(join(folder, "config.json"), JSON.stringify(json));
}
