import { readFile } from "node:fs/promises";
import { byteSource } from "@palaver/core";
import { parseGguf } from "@palaver/formats";
import { describeSharedData } from "@palaver/test-data";
import { expect, test } from "vitest";
import type { DecoderConfig } from "./decoder-config.ts";
import { parseGgufConfig } from "./gguf-config.ts";
import { ggufWeights } from "./gguf-weights.ts";
import { parseHfConfig } from "./hf-config.ts";
import { referenceLogits } from "./reference/reference-logits.ts";
import { safetensorsWeights } from "./safetensors-weights.ts";
import { type RunningDecoder, runDecoder } from "./testing/run-decoder.ts";
import type { Weights } from "./weights.ts";

const BEGIN_OF_TEXT = 1;

interface Checkpoint {
  readonly config: DecoderConfig;
  readonly weights: Weights;
}

async function openFolder(folder: string): Promise<Checkpoint> {
  const config = parseHfConfig(JSON.parse(await readFile(`${folder}/config.json`, "utf8")));
  return { config, weights: await safetensorsWeights([byteSource(await readFile(`${folder}/model.safetensors`))]) };
}

async function openGguf(path: string): Promise<Checkpoint> {
  const source = byteSource(await readFile(path));
  const file = await parseGguf(source);
  const config = parseGgufConfig(file);
  return { config, weights: ggufWeights(source, file, config) };
}

async function greedy(decoder: RunningDecoder, count: number): Promise<number[]> {
  const ids: number[] = [];
  let next = BEGIN_OF_TEXT;
  while (ids.length < count) {
    const [logits] = await decoder.step([next]);
    next = logits!.indexOf(Math.max(...logits!));
    ids.push(next);
  }
  return ids;
}

describeSharedData(
  "stories260K",
  ["models/stories260K-derived", "reference/stories260K/expected.json"],
  (folder, reference) => {
    const forms: [string, () => Promise<Checkpoint>][] = [
      ["safetensors", () => openFolder(folder!)],
      ["GGUF F32", () => openGguf(`${folder}/stories260K-f32.gguf`)],
    ];

    test.each(forms)("%s: greedy decoding gives the published story's ids", async (_, open) => {
      const { greedy_ids_own_check: expected } = JSON.parse(await readFile(reference!, "utf8"));
      const { config, weights } = await open();

      const decoder = await runDecoder(config, weights);
      const ids = await greedy(decoder, expected.length);
      await decoder.close();

      expect(ids).toEqual(expected);
    });

    test("the GGUF describes the same decoder as config.json, with a head of its own", async () => {
      const { config } = await openFolder(folder!);

      expect((await openGguf(`${folder}/stories260K-f32.gguf`)).config).toEqual({
        ...config,
        normEpsilon: Math.fround(config.normEpsilon),
        tiedHead: false,
      });
    });

    test("GGUF Q4_0: the graph computes with the file's own numbers", async () => {
      const { greedy_ids_own_check: story } = JSON.parse(await readFile(reference!, "utf8"));
      const ids = [BEGIN_OF_TEXT, ...story.slice(0, 40)];
      const { config, weights } = await openGguf(`${folder}/stories260K-q4_0.gguf`);
      const expected = await referenceLogits(config, weights, ids);

      const decoder = await runDecoder(config, weights, { accuracyLevel: 0 });
      const actual = await decoder.step(ids);
      await decoder.close();

      const differences = expected.flatMap((row, i) => row.map((value, j) => Math.abs(value - actual[i]![j]!)));
      expect(Math.max(...differences)).toBeLessThan(2e-4);
    });
  },
);
