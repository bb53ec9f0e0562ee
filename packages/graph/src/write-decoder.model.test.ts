import { expect, test } from "vitest";
import type { DecoderConfig } from "./decoder-config.ts";
import { referenceLogits } from "./reference/reference-logits.ts";
import { asCheckpoint, llama3Scaling, randomWeights, tinyConfig } from "./testing/random-model.ts";
import { runDecoder } from "./testing/run-decoder.ts";

const ids = [3, 77, 12, 130, 0, 45, 9, 88, 21, 60, 4, 119];

/** The largest difference between a graph's logits and the reference's, over all positions. */
async function difference(config: DecoderConfig, chunks: readonly number[] = [ids.length]): Promise<number> {
  const weights = randomWeights(config, 7);
  const expected = await referenceLogits(config, asCheckpoint(config, weights), ids);
  const decoder = await runDecoder(config, asCheckpoint(config, weights));
  const actual: number[][] = [];
  let at = 0;
  for (const size of chunks) {
    actual.push(...(await decoder.step(ids.slice(at, at + size))));
    at += size;
  }
  await decoder.close();
  return Math.max(...expected.flatMap((row, i) => row.map((value, j) => Math.abs(value - actual[i]![j]!))));
}

const cases: [string, Partial<DecoderConfig>][] = [
  ["a plain decoder with its own head", {}],
  ["a tied head", { tiedHead: true }],
  ["biases on queries, keys and values", { attentionBias: true }],
  ["a bias on the attention's output", { attentionBias: true, outputBias: true }],
  ["as many key-value heads as heads", { kvHeads: 6 }],
  ["one key-value head", { kvHeads: 1 }],
  ["heads wider than the stream's share", { headDim: 32 }],
  ["heads of 8, which are padded", { headDim: 8, attentionBias: true }],
  ["heads of 20, which are padded", { headDim: 20 }],
  ["linear rotary scaling", { ropeScaling: { type: "linear", factor: 4 } }],
  ["Llama 3's rotary scaling", { ropeTheta: 100, ropeScaling: llama3Scaling }],
  ["a sliding window", { slidingWindow: 4 }],
  [
    "a sliding window in some layers, with a rotary base of their own",
    { slidingWindow: 4, globalLayers: [1], localRopeTheta: 50 },
  ],
  ["norms on queries and keys", { qkNorm: true }],
  ["norms on queries and keys of 20, which are padded", { qkNorm: true, headDim: 20 }],
  ["packed projections", { packedProjections: true }],
  ["packed projections with norms on queries and keys", { packedProjections: true, qkNorm: true }],
  ["the first 16 elements of 32 turned", { headDim: 32, rotaryDim: 16 }],
  ["the first 16 elements of 20 turned, which are padded", { headDim: 20, rotaryDim: 16 }],
  ["the first 96 elements of 128 turned, as in Phi-4-mini", { headDim: 128, rotaryDim: 96 }],
  ["another scale of scores", { attentionScale: 0.5 }],
  ["a cap on scores", { attentionSoftcap: 0.2 }],
  ["a cap on logits", { logitSoftcap: 0.5 }],
  ["GELU", { activation: "gelu-tanh" }],
  ["norms after attention and feed-forward", { postNorms: true }],
  ["weights of norms that are kept less 1", { normOffset: 1, postNorms: true, qkNorm: true }],
  ["a scaled embedding", { embeddingScale: 9.8 }],
];

test.each(cases)("%s: the graph's logits are the reference's, in one step", async (_, part) => {
  expect(await difference({ ...tinyConfig, ...part })).toBeLessThan(2e-5);
});

test.each(cases)("%s: the graph's logits are the reference's, in steps of several sizes", async (_, part) => {
  expect(await difference({ ...tinyConfig, ...part }, [5, 1, 1, 4, 1])).toBeLessThan(2e-5);
});
