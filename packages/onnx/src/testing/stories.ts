/** stories260K of the shared test data, written as a graph of `@palaver/graph`. */

import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { byteSource, type Decoder, type Runtime } from "@palaver/core";
import { parseHfConfig, safetensorsWeights, writeDecoder } from "@palaver/graph";
import { openDecoder } from "../decoder/open-decoder.ts";

/** The checkpoint and what it says, in the shared test data. */
export const STORIES_DATA = ["models/stories260K-derived", "reference/stories260K/expected.json"] as const;

export const BEGIN_OF_TEXT = 1;

const CONTEXT_TOKENS = 512;

/** Writes the checkpoint's graph into `folder`. */
export async function writeStories(checkpoint: string, folder: string): Promise<void> {
  const config = parseHfConfig(JSON.parse(await readFile(join(checkpoint, "config.json"), "utf8")));
  const weights = await safetensorsWeights([byteSource(await readFile(join(checkpoint, "model.safetensors")))]);
  const data = await open(join(folder, "model.onnx.data"), "w");
  const sink = { write: (bytes: Uint8Array) => data.writeFile(bytes) };
  const options = { sink, externalName: "model.onnx.data", contextTokens: CONTEXT_TOKENS };
  await writeFile(join(folder, "model.onnx"), await writeDecoder(config, weights, options));
  await data.close();
}

/** The ids of the published greedy story. */
export async function readStory(reference: string): Promise<readonly number[]> {
  return JSON.parse(await readFile(reference, "utf8")).greedy_ids_own_check;
}

/** The decoder over what `writeStories` wrote. */
export function openStories(runtime: Runtime, folder: string): Promise<Decoder> {
  return openDecoder(runtime, join(folder, "model.onnx"), { contextTokens: CONTEXT_TOKENS });
}

/** `count` ids after `first`, each the likeliest after those before it. */
export async function greedyIds(decoder: Decoder, first: number, count: number): Promise<number[]> {
  const cache = decoder.createCache();
  const ids: number[] = [];
  while (ids.length < count) {
    const [logits] = await decoder.step([{ cache, tokens: [ids.at(-1) ?? first] }]);
    ids.push(logits!.indexOf(Math.max(...logits!)));
  }
  cache.close();
  return ids;
}
