import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Decoder, DecoderCache, Runtime } from "@palaver/core";
import { CacheCalibration, type CacheScales } from "@palaver/graph";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRuntime } from "../open-runtime.ts";
import { nextLogits, randomConfig, writeRandomDecoder } from "../testing/random-decoder.ts";
import { openDecoder } from "./open-decoder.ts";

/** Two layers, keys and values, 2 heads of 32: elements of one position. */
const ELEMENTS = 2 * 2 * 2 * 32;
const PROMPT = Array.from({ length: 200 }, (_, i) => (i * 37) % 300);

let folder: string;
let model: string;
let prefillModel: string;
let floatModel: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "palaver-onnx-"));
  [floatModel, model, prefillModel] = [
    join(folder, "float.onnx"),
    join(folder, "int8.onnx"),
    join(folder, "prompts.onnx"),
  ];
  await writeRandomDecoder(floatModel);
  const cacheScales = await calibrated();
  await writeRandomDecoder(model, { cacheScales });
  await writeRandomDecoder(prefillModel, { cacheScales, prompts: true, quantize: "int8" });
});

afterAll(() => rm(folder, { recursive: true }));

describe.each(["native", "portable"] as const)("int8 caches on the %s driver", (driver) => {
  let runtime: Runtime;

  beforeAll(async () => {
    runtime = await openRuntime({ driver, device: "cpu", threads: 1 });
  });
  afterAll(() => runtime.close());

  test("give nearly the numbers of float32 caches, and not the same", async () => {
    const int8 = await nextLogits(await openDecoder(runtime, model, { contextTokens: 256 }), [PROMPT]);
    const float = await nextLogits(await openDecoder(runtime, floatModel, { contextTokens: 256 }), [PROMPT]);

    expect(int8).not.toEqual(float);
    expect(relativeError(int8, float)).toBeLessThan(0.03);
  });

  test("do not make the cut of a prompt matter, not by a bit", async () => {
    const decoder = await openDecoder(runtime, model, { contextTokens: 256 });
    const expected = await nextLogits(decoder, [PROMPT]);

    expect(await nextLogits(decoder, [PROMPT.slice(0, 64), PROMPT.slice(64)])).toEqual(expected);
    expect(await nextLogits(decoder, [PROMPT.slice(0, 128), PROMPT.slice(128, 192), PROMPT.slice(192)])).toEqual(
      expected,
    );
    for (const prefillTokens of [16, 64]) {
      const pieces = await openDecoder(runtime, model, { contextTokens: 256, prefillTokens });
      expect(await nextLogits(pieces, [PROMPT]), `runs of ${prefillTokens}`).toEqual(expected);
      await pieces.close();
    }
  });

  test("are truncated and forked as float32 ones are", async () => {
    const decoder = await openDecoder(runtime, model, { contextTokens: 256 });
    const expected = await nextLogits(decoder, [PROMPT.slice(0, 64)]);
    const cache = decoder.createCache();
    await decoder.step([{ cache, tokens: PROMPT, logits: "none" }]);

    const fork = cache.fork(64);
    cache.truncate(64);
    await decoder.step([{ cache, tokens: PROMPT.slice(100), logits: "none" }]);

    expect(await one(decoder, fork)).toEqual(expected);
    cache.truncate(64);
    expect(await one(decoder, cache)).toEqual(expected);
  });

  test("are filled by a graph for prompts, which the cut of a prompt does not change by a bit", async () => {
    const whole = await openDecoder(runtime, model, { contextTokens: 256, prefillModel });
    const expected = await nextLogits(whole, [PROMPT]);
    const alone = await nextLogits(await openDecoder(runtime, model, { contextTokens: 256 }), [PROMPT]);

    expect(relativeError(expected, alone)).toBeLessThan(0.03);
    expect(await nextLogits(whole, [PROMPT.slice(0, 64), PROMPT.slice(64)])).toEqual(expected);
    for (const prefillTokens of [16, 64]) {
      const pieces = await openDecoder(runtime, model, { contextTokens: 256, prefillTokens, prefillModel });
      expect(await nextLogits(pieces, [PROMPT]), `runs of ${prefillTokens}`).toEqual(expected);
      await pieces.close();
    }
  });

  test("take a byte for each number", async () => {
    const decoder = await openDecoder(runtime, model, { contextTokens: 256, maxCacheBytes: 100 * ELEMENTS });

    const cache = decoder.createCache({ capacity: 100 });

    expect(() => decoder.createCache({ capacity: 1 })).toThrow(expect.objectContaining({ code: "ERR_LIMIT" }));
    cache.close();
  });
});

test("int8 caches are refused on another device than the CPU", async () => {
  const runtime = await openRuntime({ device: "cpu", threads: 1 });
  const elsewhere: Runtime = { ...bound(runtime), device: "webgpu" };

  const opening = openDecoder(elsewhere, model, { contextTokens: 256 });

  await expect(opening).rejects.toMatchObject({ code: "ERR_UNSUPPORTED", message: expect.stringContaining("webgpu") });
  await runtime.close();
});

// --- internal ---

/** Scales from the float32 graph's own caches over other tokens than the prompt's. */
async function calibrated(): Promise<CacheScales[]> {
  const runtime = await openRuntime({ device: "cpu", threads: 1 });
  const session = await runtime.load(floatModel);
  const calibration = new CacheCalibration(randomConfig);
  const tokens = Array.from({ length: 256 }, (_, i) => (i * 91 + 5) % 300);
  const caches = session.inputs
    .filter(({ name }) => name.startsWith("past_key_values"))
    .map(({ name }) => [name, runtime.tensor("float32", [1, 2, tokens.length, 32])] as const);
  const inputs = {
    input_ids: runtime.tensor("int64", [1, tokens.length], BigInt64Array.from(tokens, BigInt)),
    seqlens_k: runtime.tensor("int32", [1], Int32Array.of(tokens.length - 1)),
    total_sequence_length: runtime.tensor("int32", [], Int32Array.of(tokens.length)),
    logit_rows: runtime.tensor("int64", [1], BigInt64Array.of(0n)),
  };
  const presents = caches.map(([name, tensor]) => [name.replace("past_key_values", "present"), tensor] as const);
  await session.run({ ...inputs, ...Object.fromEntries(caches) }, Object.fromEntries(presents));
  for (const layer of [0, 1]) {
    const [keys, values] = [caches[2 * layer]!, caches[2 * layer + 1]!].map(([, { data }]) => data as Float32Array);
    calibration.add(layer, { keys: keys!, values: values! });
  }
  await runtime.close();
  return calibration.scales;
}

/** A runtime whose methods still work when it is spread. */
function bound(runtime: Runtime): Runtime {
  const { driver, device, version, threads } = runtime;
  return {
    ...{ driver, device, version, threads },
    load: (model, options) => runtime.load(model, options),
    tensor: (type, shape, data) => runtime.tensor(type, shape, data),
    close: () => runtime.close(),
  };
}

function relativeError(actual: Float32Array, expected: Float32Array): number {
  const differences = actual.map((value, i) => value - expected[i]!);
  return Math.hypot(...differences) / Math.hypot(...expected);
}

async function one(decoder: Decoder, cache: DecoderCache): Promise<Float32Array> {
  const [result] = await decoder.step([{ cache, tokens: [9] }]);
  return result!;
}
