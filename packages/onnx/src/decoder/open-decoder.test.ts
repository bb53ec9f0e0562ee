import os from "node:os";
import process from "node:process";
import type { Decoder, LoadOptions, Runtime, RuntimeSession } from "@palaver/core";
import { decoderContract } from "@palaver/core/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type DriverName, openRuntime } from "../open-runtime.ts";
import { builtDecoderGraph } from "../testing/built-decoder.ts";
import { growingDecoderGraph, sharedDecoderGraph } from "../testing/small-decoder.ts";
import { addGraph, encodeGraph, value } from "../testing/small-graphs.ts";
import { POISON_TOKEN, SMALL_DECODER } from "../testing/small-weights.ts";
import { type OpenDecoderOptions, openDecoder } from "./open-decoder.ts";

const OPTIONS = { contextTokens: SMALL_DECODER.contextTokens };
const FORMS = { shared: sharedDecoderGraph(), growing: growingDecoderGraph(), built: builtDecoderGraph() };
const PROMPT = [1, 5, 3, 7, 2, 6, 9, 9, 4, 30, 0, 17];

const runtimes = new Map<DriverName, Runtime>();
const runtime = (driver: DriverName): Runtime => runtimes.get(driver)!;

beforeAll(async () => {
  for (const driver of ["native", "portable"] as const) runtimes.set(driver, await openRuntime({ driver, threads: 1 }));
}, 60_000);

afterAll(async () => {
  for (const opened of runtimes.values()) await opened.close();
});

for (const driver of ["native", "portable"] as const) {
  for (const [form, graph] of Object.entries(FORMS)) {
    describe(`a ${form} cache on the ${driver} driver`, () => {
      // Pieces of 4 tokens, so that the contract's prompts are prefilled in several runs.
      const make = () => openDecoder(runtime(driver), graph, { ...OPTIONS, prefillTokens: 4 });
      for (const { name, run } of decoderContract(make)) test(name, run);
    });
  }
}

test("both drivers and all forms give the same logits", async () => {
  const results: Float32Array[] = [];
  for (const driver of ["native", "portable"] as const) {
    for (const graph of Object.values(FORMS)) {
      results.push(await withDecoder(driver, graph, {}, (decoder) => logitsOf(decoder, PROMPT, "all")));
    }
  }

  for (const other of results.slice(1)) expect(distance(other, results[0]!)).toBeLessThan(1e-4);
});

test.each([
  ["growing", growingDecoderGraph({ half: true })],
  ["shared", sharedDecoderGraph({ half: true })],
  ["built", builtDecoderGraph({ half: true })],
] as const)("%s 16-bit caches and logits come out as 32-bit floats close to the others", async (form, graph) => {
  for (const driver of ["native", "portable"] as const) {
    const half = await withDecoder(driver, graph, {}, (d) => logitsOf(d, PROMPT, "all"));
    const full = await withDecoder(driver, FORMS[form], {}, (d) => logitsOf(d, PROMPT, "all"));

    expect(distance(half, full)).toBeLessThan(0.01); // 11 bits of a number near 4
    expect(distance(half, full)).toBeGreaterThan(0);
  }
});

test("a graph that keeps the last logits only gives all where they are asked for", async () => {
  const graph = growingDecoderGraph({ keeping: true });

  for (const logits of ["all", "last"] as const) {
    const kept = await withDecoder("native", graph, {}, (d) => logitsOf(d, PROMPT, logits));
    const full = await withDecoder("native", FORMS.growing, {}, (d) => logitsOf(d, PROMPT, logits));

    expect(kept.length).toBe(full.length);
    expect(distance(kept, full)).toBeLessThan(1e-6);
  }
});

test("how a prompt is cut into runs does not change the logits beyond rounding", async () => {
  const whole = await withDecoder("native", FORMS.shared, {}, (decoder) => logitsOf(decoder, PROMPT, "all"));

  for (const prefillTokens of [1, 2, 5, 12]) {
    const pieces = await withDecoder("native", FORMS.shared, { prefillTokens }, (d) => logitsOf(d, PROMPT, "all"));
    expect(distance(pieces, whole)).toBeLessThan(1e-4);
  }
});

test("a logit that is not finite fails its step only, and the cache stays as it was", async () => {
  await withDecoder("native", sharedDecoderGraph({ poisoned: true }), {}, async (decoder) => {
    const cache = decoder.createCache();
    await decoder.step([{ cache, tokens: PROMPT.slice(0, 4) }]);

    const poisoned = decoder.step([{ cache, tokens: [5, POISON_TOKEN] }]);

    await expect(poisoned).rejects.toMatchObject({ code: "ERR_RUNTIME", message: expect.stringMatching(/NaN/) });
    expect(cache.length).toBe(4);
    const [after] = await decoder.step([{ cache, tokens: PROMPT.slice(4) }]);
    expect(distance(after!, await logitsOf(decoder, PROMPT, "last"))).toBeLessThan(1e-4);
  });
});

test.each([
  ["shared", sharedDecoderGraph({ poisoned: true })],
  ["growing", growingDecoderGraph({ poisoned: true })],
  ["growing, of the last logits", growingDecoderGraph({ poisoned: true, keeping: true })],
  ["growing, as the builder makes them", builtDecoderGraph({ poisoned: true })],
] as const)("a step that is asked for no logits fails all the same where they are no numbers: %s", async (_, graph) => {
  for (const driver of ["native", "portable"] as const) {
    await withDecoder(driver, graph, { prefillTokens: 4 }, async (decoder) => {
      const cache = decoder.createCache();
      await decoder.step([{ cache, tokens: PROMPT.slice(0, 4), logits: "none" }]);

      const poisoned = decoder.step([{ cache, tokens: [5, POISON_TOKEN, 3], logits: "none" }]);

      await expect(poisoned, driver).rejects.toMatchObject({ code: "ERR_RUNTIME" });
      expect(cache.length).toBe(4);
      const [after] = await decoder.step([{ cache, tokens: PROMPT.slice(4) }]);
      expect(after!.every(Number.isFinite)).toBe(true);
    });
  }
});

test("caches beyond the budget are refused with the numbers, before they are allocated", async () => {
  const bytes = 64 * 2 * 2 * 16 * 4; // tokens, keys and values, heads, numbers a head, bytes a number
  await withDecoder("native", FORMS.shared, { maxCacheBytes: 2 * bytes }, async (decoder) => {
    const first = decoder.createCache();
    first.fork();

    const refused = () => decoder.createCache({ capacity: 1 });

    const numbers = { limit: 2 * bytes, used: 2 * bytes, requested: bytes / 64 };
    expect(refused).toThrow(expect.objectContaining({ code: "ERR_LIMIT", details: numbers }));
    expect(() => first.fork()).toThrow(expect.objectContaining({ code: "ERR_LIMIT" }));
    first.close();
    expect(decoder.createCache().capacity).toBe(64);
  });
});

test("where nobody gave a budget it is half of what is left when the weights are loaded", async () => {
  const free = vi.spyOn(os, process.platform === "darwin" ? "totalmem" : "freemem").mockReturnValue(1e9);
  const { driver, device, version, threads } = runtime("native");
  const loading: Runtime = {
    driver,
    device,
    version,
    threads,
    async load(source, options) {
      const session = await runtime("native").load(source, options);
      free.mockReturnValue(4000);
      return session;
    },
    tensor: (type, shape, data) => runtime("native").tensor(type, shape, data),
    close: async () => {},
  };
  try {
    const decoder = await openDecoder(loading, FORMS.shared, OPTIONS);

    const refused = () => decoder.createCache();

    expect(refused).toThrow(expect.objectContaining({ details: { limit: 2000, used: 0, requested: 16_384 } }));
    await decoder.close();
  } finally {
    free.mockRestore();
  }
});

test.each([
  ["hears of it", true],
  ["knows no signals", false],
] as const)("an opening that is given up leaves no graph open on a runtime that %s", async (_, hears) => {
  const controller = new AbortController();
  const open = new Set<RuntimeSession>();
  let loads = 0;
  const { driver, device, version, threads } = runtime("native");
  const counting: Runtime = {
    driver,
    device,
    version,
    threads,
    async load(source, options: LoadOptions = {}) {
      loads += 1;
      if (loads === 2) controller.abort("left"); // during the load of the second graph
      const { signal, ...rest } = options;
      const session = await runtime("native").load(source, hears ? options : rest);
      expect(signal).toBe(controller.signal);
      open.add(session);
      const close = (): Promise<void> => {
        open.delete(session);
        return session.close();
      };
      return new Proxy(session, { get: (target, name) => (name === "close" ? close : bound(target, name)) });
    },
    tensor: (type, shape, data) => runtime("native").tensor(type, shape, data),
    close: async () => {},
  };
  const { signal } = controller;

  const opening = openDecoder(counting, FORMS.shared, { ...OPTIONS, prefillModel: FORMS.shared, signal });

  expect(await opening.catch((error: unknown) => error)).toBe("left");
  expect([loads, open.size]).toEqual([2, 0]);
  const late = openDecoder(counting, FORMS.shared, { ...OPTIONS, signal });
  expect(await late.catch((error: unknown) => error)).toBe("left");
  expect(loads).toBe(2);
});

test("graphs that are no decoders are refused with what they lack", async () => {
  const noCache = encodeGraph({
    inputs: [value("input_ids", "int64", ["b", "s"])],
    outputs: [value("logits", "int64", ["b", "s"])],
    nodes: [{ op: "Identity", inputs: ["input_ids"], outputs: ["logits"] }],
  });

  await expect(openDecoder(runtime("native"), addGraph(), OPTIONS)).rejects.toThrow(/no output logits; it has sum/);
  const opening = openDecoder(runtime("native"), noCache, { ...OPTIONS, vocabSize: 4 });
  await expect(opening).rejects.toThrow(/no caches.*input_ids/);
  await expect(openDecoder(runtime("native"), noCache, OPTIONS)).rejects.toThrow(/give vocabSize/);
});

test("options that make no sense are refused", async () => {
  for (const options of [
    { contextTokens: 0 },
    { prefillTokens: 0.5 },
    { maxCacheBytes: Number.NaN },
    { threads: -1 },
  ]) {
    const opening = openDecoder(runtime("native"), FORMS.shared, { ...OPTIONS, ...options });
    await expect(opening, JSON.stringify(options)).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });
  }
});

// --- internal ---

/** A property of an object with private fields, which methods of a proxy would not reach. */
function bound(target: object, name: string | symbol): unknown {
  const property: unknown = Reflect.get(target, name, target);
  return typeof property === "function" ? property.bind(target) : property;
}

async function withDecoder<T>(
  driver: DriverName,
  graph: Uint8Array,
  options: Partial<OpenDecoderOptions>,
  body: (decoder: Decoder) => Promise<T>,
): Promise<T> {
  const decoder = await openDecoder(runtime(driver), graph, { ...OPTIONS, ...options });
  try {
    return await body(decoder);
  } finally {
    await decoder.close();
  }
}

async function logitsOf(decoder: Decoder, tokens: readonly number[], logits: "last" | "all"): Promise<Float32Array> {
  const [result] = await decoder.step([{ cache: decoder.createCache(), tokens, logits }]);
  return result!;
}

function distance(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, x, i) => Math.max(largest, Math.abs(x - b[i]!)), 0);
}
