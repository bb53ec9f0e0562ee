import { describe, expect, test } from "vitest";
import { initialWeights } from "./initial-weights.ts";

const parameters = [
  { name: "model.embed_tokens.weight", shape: [64, 64], decay: true },
  { name: "model.layers.0.self_attn.o_proj.weight", shape: [64, 64], decay: true },
  { name: "model.layers.0.self_attn.q_proj.bias", shape: [5], decay: false },
  { name: "model.norm.weight", shape: [3], decay: false },
];
const config = { layers: 8, normOffset: 0 } as const;

async function read(name: string, seed = 1, norm: 0 | 1 = 0): Promise<Float32Array> {
  const weights = initialWeights(parameters, { ...config, normOffset: norm }, { seed });
  return new Float32Array((await weights.read(name)).buffer);
}

const deviation = (values: Float32Array) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);

describe("initialWeights", () => {
  // 4096 draws: the deviation's own error is 1 / sqrt(2 * 4096) = 1.1 %, five of them are 5.5 %.
  test.each([
    ["model.embed_tokens.weight", 0.02],
    ["model.layers.0.self_attn.o_proj.weight", 0.02 / Math.sqrt(2 * 8)],
  ])("draws %s from a normal distribution", async (name, expected) => {
    const values = await read(name);

    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan((5 * expected) / 64);
    expect(Math.abs(deviation(values) / expected - 1)).toBeLessThan(0.055);
    // Of a normal distribution, 68.3 % lie within one deviation; five errors of that share are 3.6 %.
    const within = values.filter((x) => Math.abs(x) < expected).length / values.length;
    expect(Math.abs(within - 0.683)).toBeLessThan(0.036);
  });

  test("makes norms that do nothing and biases of zero", async () => {
    expect([...(await read("model.norm.weight"))]).toEqual([1, 1, 1]);
    expect([...(await read("model.norm.weight", 1, 1))]).toEqual([0, 0, 0]);
    expect([...(await read("model.layers.0.self_attn.q_proj.bias"))]).toEqual([0, 0, 0, 0, 0]);
  });

  test("depends on the seed and the name, and on nothing else", async () => {
    const name = "model.embed_tokens.weight";

    expect(await read(name)).toEqual(await read(name));
    expect(await read(name, 2)).not.toEqual(await read(name));
    expect(await read(name, 2 ** 32 + 1)).not.toEqual(await read(name));
    expect(await read("model.layers.0.self_attn.o_proj.weight")).not.toEqual(await read(name));
  });

  test("refuses what it does not know", async () => {
    await expect(read("lm_head.weight")).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
    await expect(read("model.norm.weight", 0.5)).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });
  });
});
