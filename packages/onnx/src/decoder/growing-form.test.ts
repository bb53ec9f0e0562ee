import type { Decoder, Runtime } from "@palaver/core";
import { decoderContract } from "@palaver/core/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DriverName, openRuntime } from "../open-runtime.ts";
import { type BuiltDecoderOptions, builtDecoderGraph } from "../testing/built-decoder.ts";
import type { ProductKind } from "../testing/built-products.ts";
import { sharedDecoderGraph } from "../testing/small-decoder.ts";
import { POISON_TOKEN, SMALL_DECODER } from "../testing/small-weights.ts";
import { openDecoder } from "./open-decoder.ts";

interface BuiltDtype {
  readonly name: string;
  readonly graph: BuiltDecoderOptions;
  /** How far two logits of one sequence, which are up to 3, may be from each other. */
  readonly tolerance: number;
}

const DTYPES: readonly BuiltDtype[] = [
  { name: "fp32 with position_ids", graph: { positioned: true }, tolerance: 1e-4 },
  { name: "q4", graph: { products: "int4" }, tolerance: 1e-4 },
  { name: "q4 with position_ids", graph: { products: "int4", positioned: true }, tolerance: 1e-4 },
  { name: "q4 of rounded inputs", graph: { products: "int4-rounding" }, tolerance: 0.015 },
  { name: "q4f16 of rounded inputs", graph: { products: "int4-rounding", half: true }, tolerance: 0.015 },
  { name: "fp16", graph: { half: true }, tolerance: 0.005 }, // 11 bits of a number near 3 are steps of 0.002
  { name: "q4f16", graph: { products: "int4", half: true }, tolerance: 0.005 },
  { name: "q4f16 with position_ids", graph: { products: "int4", half: true, positioned: true }, tolerance: 0.005 },
  // A run's inputs are rounded to 8 bits of the largest among them, so how a prompt is cut changes the logits, too.
  { name: "int8", graph: { products: "int8" }, tolerance: 0.026 },
];
// Rounding to 8 bits makes a number of what was none: nothing that comes out of the graph tells of it.
const HIDES_NAN: readonly (ProductKind | undefined)[] = ["int4-rounding", "int8"];
const DRIVERS = ["native", "portable"] as const;
const OPTIONS = { contextTokens: SMALL_DECODER.contextTokens };
const PROMPT = [1, 5, 3, 7, 2, 6, 9, 9, 4, 30, 0, 17];
/** After the prompt, one by one: what a model would say here is one token over and over. */
const CONTINUATION = Array.from({ length: 40 }, (_, i) => (7 * i + 3) % 31);
/** Steps of the same tokens, which fill 52 of 64 places. */
const STEPS = [PROMPT, ...CONTINUATION.map((token) => [token])];

const runtimes = new Map<DriverName, Runtime>();

beforeAll(async () => {
  for (const driver of DRIVERS) runtimes.set(driver, await openRuntime({ driver, threads: 1 }));
}, 60_000);

afterAll(async () => {
  for (const opened of runtimes.values()) await opened.close();
});

for (const driver of DRIVERS) {
  describe.each(DTYPES)(`a builder's $name graph on the ${driver} driver`, ({ graph, tolerance }) => {
    // Pieces of 4 tokens, so that the contract's prompts are prefilled in several runs.
    const make = (options = graph) =>
      openDecoder(runtimes.get(driver)!, builtDecoderGraph(options), { ...OPTIONS, prefillTokens: 4 });
    for (const { name, run } of decoderContract(make, { tolerance })) test(name, run);

    test("its logits are those of the shared cache over the same weights", async () => {
      const expected = await logitsOfSteps(await openShared(driver));

      const actual = await logitsOfSteps(await make());

      // Both are away from what the weights stand for.
      for (const [i, logits] of actual.entries())
        expect(distance(logits, expected[i]!), `step ${i}`).toBeLessThan(2 * tolerance);
    });

    test("its likeliest tokens are those of the shared cache", async () => {
      const expected = await greedyTokens(await openShared(driver));

      expect(await greedyTokens(await make())).toEqual(expected);
      expect(new Set(expected).size).toBeGreaterThan(2);
    });

    const hidden = HIDES_NAN.includes(graph.products) ? ": its products round that to numbers" : "";
    test.skipIf(hidden !== "")(`a step over what is no number fails, and its cache stays${hidden}`, async () => {
      const decoder = await make({ ...graph, poisoned: true });
      try {
        const cache = decoder.createCache();
        await decoder.step([{ cache, tokens: PROMPT.slice(0, 4) }]);

        const poisoned = decoder.step([{ cache, tokens: [5, POISON_TOKEN, 3], logits: "none" }]);

        await expect(poisoned).rejects.toMatchObject({ code: "ERR_RUNTIME", message: expect.stringMatching(/NaN/) });
        expect(cache.length).toBe(4);
        const [after] = await decoder.step([{ cache, tokens: PROMPT.slice(4) }]);
        const [whole] = await decoder.step([{ cache: decoder.createCache(), tokens: PROMPT }]);
        expect(distance(after!, whole!)).toBeLessThan(tolerance);
      } finally {
        await decoder.close();
      }
    });
  });
}

// --- internal ---

function openShared(driver: DriverName): Promise<Decoder> {
  return openDecoder(runtimes.get(driver)!, sharedDecoderGraph(), OPTIONS);
}

/** The last logits of each of `STEPS`. Closes the decoder. */
async function logitsOfSteps(decoder: Decoder): Promise<Float32Array[]> {
  try {
    const cache = decoder.createCache();
    const results: Float32Array[] = [];
    for (const tokens of STEPS) results.push(...(await decoder.step([{ cache, tokens }])));
    return results;
  } finally {
    await decoder.close();
  }
}

/** What follows the prompt, each time the likeliest token. Closes the decoder. */
async function greedyTokens(decoder: Decoder): Promise<number[]> {
  try {
    const cache = decoder.createCache();
    const said: number[] = [];
    let tokens = PROMPT;
    while (said.length < CONTINUATION.length) {
      const [logits] = await decoder.step([{ cache, tokens }]);
      tokens = [logits!.indexOf(Math.max(...logits!))];
      said.push(...tokens);
    }
    return said;
  } finally {
    await decoder.close();
  }
}

function distance(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, x, i) => Math.max(largest, Math.abs(x - b[i]!)), 0);
}
