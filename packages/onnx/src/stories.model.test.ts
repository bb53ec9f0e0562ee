import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { byteSource, type Decoder } from "@palaver/core";
import { parseHfConfig, safetensorsWeights, writeDecoder } from "@palaver/graph";
import { describeSharedData } from "@palaver/test-data";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DriverName, openDecoder, openRuntime } from "./index.ts";

const BEGIN_OF_TEXT = 1;
const CONTEXT_TOKENS = 512;

describeSharedData(
  "stories260K as a graph of @palaver/graph",
  ["models/stories260K-derived", "reference/stories260K/expected.json"],
  (checkpoint, reference) => {
    let folder: string;
    let expected: readonly number[];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "palaver-onnx-"));
      await writeModel(checkpoint!, folder);
      expected = JSON.parse(await readFile(reference!, "utf8")).greedy_ids_own_check;
    }, 60_000);

    afterAll(() => rm(folder, { recursive: true }));

    test.each(["native", "portable"] as const)("%s: greedy decoding gives the published story", async (driver) => {
      const ids = await withDecoder(driver, folder, async (decoder) => {
        const cache = decoder.createCache();
        const said: number[] = [];
        while (said.length < expected.length) {
          const [logits] = await decoder.step([{ cache, tokens: [said.at(-1) ?? BEGIN_OF_TEXT] }]);
          said.push(logits!.indexOf(Math.max(...logits!)));
        }
        return said;
      });

      expect(ids).toEqual(expected);
    });

    test("prefilled in pieces, both drivers give the same logits at every position, and the story is their argmax", async () => {
      const prompt = [BEGIN_OF_TEXT, ...expected.slice(0, -1)];
      const run = (driver: DriverName) =>
        withDecoder(driver, folder, async (decoder) => {
          const [logits] = await decoder.step([{ cache: decoder.createCache(), tokens: prompt, logits: "all" }]);
          return logits!;
        });

      const native = await run("native");
      const portable = await run("portable");

      const vocabSize = native.length / prompt.length;
      const argmax = prompt.map((_, i) => {
        const row = native.subarray(i * vocabSize, (i + 1) * vocabSize);
        return row.indexOf(Math.max(...row));
      });
      expect(argmax).toEqual(expected);
      expect(native.every((x, i) => Math.abs(x - portable[i]!) < 1e-4)).toBe(true);
    });
  },
);

// --- internal ---

async function writeModel(checkpoint: string, folder: string): Promise<void> {
  const config = parseHfConfig(JSON.parse(await readFile(join(checkpoint, "config.json"), "utf8")));
  const weights = await safetensorsWeights([byteSource(await readFile(join(checkpoint, "model.safetensors")))]);
  const data = await open(join(folder, "model.onnx.data"), "w");
  const sink = { write: (bytes: Uint8Array) => data.writeFile(bytes) };
  const options = { sink, externalName: "model.onnx.data", contextTokens: CONTEXT_TOKENS };
  await writeFile(join(folder, "model.onnx"), await writeDecoder(config, weights, options));
  await data.close();
}

async function withDecoder<T>(driver: DriverName, folder: string, body: (decoder: Decoder) => Promise<T>): Promise<T> {
  const runtime = await openRuntime({ driver, threads: 1 });
  try {
    const decoder = await openDecoder(runtime, join(folder, "model.onnx"), { contextTokens: CONTEXT_TOKENS });
    return await body(decoder);
  } finally {
    await runtime.close();
  }
}
