import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Decoder } from "@palaver/core";
import { describeSharedData } from "@palaver/test-data";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DriverName, openRuntime } from "./index.ts";
import { BEGIN_OF_TEXT, greedyIds, openStories, readStory, STORIES_DATA, writeStories } from "./testing/stories.ts";

describeSharedData("stories260K as a graph of @palaver/graph", STORIES_DATA, (checkpoint, reference) => {
  let folder: string;
  let expected: readonly number[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "palaver-onnx-"));
    await writeStories(checkpoint!, folder);
    expected = await readStory(reference!);
  }, 60_000);

  afterAll(() => rm(folder, { recursive: true }));

  test.each(["native", "portable"] as const)("%s: greedy decoding gives the published story", async (driver) => {
    const ids = await withDecoder(driver, folder, (decoder) => greedyIds(decoder, BEGIN_OF_TEXT, expected.length));

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
});

// --- internal ---

async function withDecoder<T>(driver: DriverName, folder: string, body: (decoder: Decoder) => Promise<T>): Promise<T> {
  const runtime = await openRuntime({ driver, threads: 1 });
  try {
    return await body(await openStories(runtime, folder));
  } finally {
    await runtime.close();
  }
}
