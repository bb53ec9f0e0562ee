import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Decoder, Runtime } from "@palaver/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRuntime } from "../open-runtime.ts";
import { nextLogits, randomConfig, writeRandomDecoder } from "../testing/random-decoder.ts";
import { openDecoder } from "./open-decoder.ts";

const PROMPT = Array.from({ length: 67 }, (_, i) => (i * 37) % 300);

let folder: string;
let model: string;
let prefillModel: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "palaver-onnx-"));
  model = join(folder, "model.onnx");
  prefillModel = join(folder, "prefill.onnx");
  await writeRandomDecoder(model, { quantize: "q4" });
  await writeRandomDecoder(prefillModel, { quantize: "int8" });
});

afterAll(() => rm(folder, { recursive: true }));

describe.each(["native", "portable"] as const)("a graph for prompts on the %s driver", (driver) => {
  let runtime: Runtime;

  beforeAll(async () => {
    runtime = await openRuntime({ driver, device: "cpu", threads: 1 });
  });
  afterAll(() => runtime.close());

  test("gives what it would give alone for a prompt, and the first graph's numbers for a token", async () => {
    const both = await openDecoder(runtime, model, { contextTokens: 128, prefillModel });
    const int8 = await openDecoder(runtime, prefillModel, { contextTokens: 128 });
    const q4 = await openDecoder(runtime, model, { contextTokens: 128 });

    expect(await logits(both, PROMPT)).toEqual(await logits(int8, PROMPT));
    expect(await logits(both, [7])).toEqual(await logits(q4, [7]));
    expect(await logits(both, [7])).not.toEqual(await logits(int8, [7]));
  });

  test("does not make the cut of a prompt matter, not by a bit", async () => {
    const whole = await openDecoder(runtime, model, { contextTokens: 128, prefillModel });
    const expected = await nextLogits(whole, [PROMPT]);

    expect(await nextLogits(whole, [PROMPT.slice(0, 64), PROMPT.slice(64)])).toEqual(expected);
    expect(await nextLogits(whole, [PROMPT.slice(0, 7), PROMPT.slice(7, 40), PROMPT.slice(40)])).toEqual(expected);
    for (const prefillTokens of [5, 16, 64]) {
      const pieces = await openDecoder(runtime, model, { contextTokens: 128, prefillModel, prefillTokens });
      expect(await nextLogits(pieces, [PROMPT]), `runs of ${prefillTokens}`).toEqual(expected);
      await pieces.close();
    }
  });

  test("has to have the first graph's inputs and outputs", async () => {
    const other = join(folder, `other-${driver}.onnx`);
    await writeRandomDecoder(other, { quantize: "int8", config: { ...randomConfig, layers: 1 } });

    const opening = openDecoder(runtime, model, { contextTokens: 128, prefillModel: other });

    await expect(opening).rejects.toMatchObject({ code: "ERR_FORMAT" });
  });
});

// --- internal ---

async function logits(decoder: Decoder, tokens: readonly number[]): Promise<Float32Array> {
  const cache = decoder.createCache();
  const [result] = await decoder.step([{ cache, tokens, logits: "all" }]);
  cache.close();
  return result!;
}
