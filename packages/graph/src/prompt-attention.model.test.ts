import { expect, test } from "vitest";
import type { DecoderConfig } from "./decoder-config.ts";
import { headLayout } from "./head-layout.ts";
import { asCheckpoint, randomWeights, tinyConfig } from "./testing/random-model.ts";
import { runDecoder } from "./testing/run-decoder.ts";

const ids = [3, 77, 12, 130, 0, 45, 9, 88, 21, 60, 4, 119];

const cases: [string, Partial<DecoderConfig>][] = [
  ["a plain decoder", {}],
  ["heads of 8, which are padded, and biases", { headDim: 8, attentionBias: true }],
  ["heads of which a part turns", { headDim: 32, rotaryDim: 16 }],
  ["norms of queries and keys", { qkNorm: true }],
  ["a window, a cap and a scale of its own", { slidingWindow: 4, attentionSoftcap: 2, attentionScale: 0.3 }],
];

// The two read the same codes, so only the order of sums and a code at the edge of rounding may differ.
test.each(cases)(
  "%s: a graph for prompts gives the logits of the other over int8 caches, in any steps",
  async (_, changes) => {
    const config = { ...tinyConfig, ...changes };

    const expected = await logits(config, false, [12]);

    for (const steps of [[12], [5, 7], [2, 2, 8]]) {
      const actual = await logits(config, true, steps);
      const differences = expected.map((value, i) => value - actual[i]!);
      expect(Math.hypot(...differences) / Math.hypot(...expected), `steps of ${steps}`).toBeLessThan(2e-3);
    }
  },
);

// --- internal ---

async function logits(config: DecoderConfig, prompts: boolean, steps: readonly number[]): Promise<number[]> {
  const channels = config.kvHeads * headLayout(config.headDim, config.rotaryDim).paddedDim;
  // Of different sizes, so that a mistaken channel shows; keys and values of these weights stay below 127 of them.
  const scales = Float32Array.from({ length: channels }, (_, i) => 0.03 + 0.002 * (i % 7));
  const cacheScales = Array.from({ length: config.layers }, () => ({ keys: scales, values: scales }));
  const decoder = await runDecoder(config, asCheckpoint(config, randomWeights(config, 7)), { cacheScales, prompts });
  const rows: number[][] = [];
  let at = 0;
  for (const count of steps) {
    rows.push(...(await decoder.step(ids.slice(at, at + count))));
    at += count;
  }
  await decoder.close();
  return rows.flat();
}
