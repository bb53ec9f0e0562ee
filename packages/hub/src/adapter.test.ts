import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeSafetensors } from "@palaver/formats";
import type { Weights } from "@palaver/graph";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findAdapter, openMergedWeights, saveAdapter } from "./adapter.ts";
import { openCheckpoint } from "./open-checkpoint.ts";
import { openModel } from "./open-model.ts";
import { writeTinyFolder } from "./testing/tiny-checkpoint.ts";

const name = "model.layers.0.self_attn.q_proj";
const a = Float32Array.from({ length: 2 * 32 }, (_, i) => Math.sin(i));
const b = Float32Array.from({ length: 32 * 2 }, (_, i) => Math.cos(i));

let parent: string;
let base: string;
let folder: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "palaver-adapter-"));
  base = join(parent, "base");
  folder = join(parent, "adapter");
  await mkdir(base);
  await mkdir(folder);
  await writeTinyFolder(base);
});

afterEach(() => rm(parent, { recursive: true }));

const config = { peft_type: "LORA", r: 2, lora_alpha: 6, target_modules: ["q_proj"] };

/** An adapter as PEFT writes it. */
async function writeAdapter(change: object = {}): Promise<void> {
  const tensor = (shape: number[], values: Float32Array) => ({ type: "F32" as const, shape, bytes: bytes(values) });
  const tensors = new Map([
    [`base_model.model.${name}.lora_A.weight`, tensor([2, 32], a)],
    [`base_model.model.${name}.lora_B.weight`, tensor([32, 2], b)],
  ]);
  await writeFile(join(folder, "adapter_model.safetensors"), encodeSafetensors({ tensors }));
  await writeFile(join(folder, "adapter_config.json"), JSON.stringify({ ...config, ...change }));
}

/** W + scale * B A, by the definition. */
function expectedSum(weight: Float32Array, scale: number): number[] {
  return Array.from(weight, (value, i) => {
    const [row, column] = [Math.floor(i / 32), i % 32];
    return value + scale * (b[row * 2]! * a[column]! + b[row * 2 + 1]! * a[32 + column]!);
  });
}

async function merged(): Promise<{ readonly before: Float32Array; readonly after: Float32Array }> {
  const checkpoint = await openCheckpoint(base);
  const { weights, close } = await openMergedWeights(checkpoint.weights, await findAdapter(folder));
  const read = async (from: Weights) => floats(await from.read(`${name}.weight`));
  const result = { before: await read(checkpoint.weights), after: await read(weights) };
  await close();
  await checkpoint.close();
  return result;
}

describe.each([
  ["alpha / r", {}, 6 / 2],
  ["alpha / sqrt(r) where ranks are stabilized", { use_rslora: true }, 6 / Math.sqrt(2)],
])("a merged matrix is W + scale B A, the scale being %s", (_, change, scale) => {
  test("for PEFT's files", async () => {
    await writeAdapter(change);

    const { before, after } = await merged();

    const expected = expectedSum(before, scale);
    for (const [i, value] of after.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
  });
});

test("an adapter that was saved is found again with its numbers and PEFT's names", async () => {
  const values = new Map([
    [`${name}.lora_A`, { shape: [2, 32], values: a }],
    [`${name}.lora_B`, { shape: [32, 2], values: b }],
  ]);
  const changes: Weights = {
    tensors: new Map([...values].map(([key, { shape }]) => [key, { type: "F32", shape }])),
    read: async (key) => bytes(values.get(key)!.values),
  };

  await saveAdapter(folder, changes, { rank: 2, alpha: 6, baseModel: "base" });

  const { before, after } = await merged();
  const expected = expectedSum(before, 3);
  expect(JSON.parse(await readFile(join(folder, "adapter_config.json"), "utf8"))).toMatchObject({
    ...config,
    base_model_name_or_path: "base",
  });
  for (const [i, value] of after.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
});

test("the cache keeps base and merged model apart, and finds both again", async () => {
  const cacheDir = join(parent, "cache");
  await writeAdapter();

  const plain = await openModel(base, { cacheDir });
  const changed = await openModel(base, { cacheDir, adapter: folder });
  const again = await openModel(base, { cacheDir, adapter: folder });
  await writeAdapter({ lora_alpha: 12 });
  const other = await openModel(base, { cacheDir, adapter: folder });

  expect(new Set([plain, changed, other].map(({ onnxPath }) => onnxPath)).size).toBe(3);
  expect(again.onnxPath).toBe(changed.onnxPath);
});

test("a ready-made folder takes no adapter", async () => {
  await writeAdapter();
  const { onnxPath } = await openModel(base, { cacheDir: join(parent, "cache") });

  await expect(openModel(join(onnxPath, ".."), { adapter: folder })).rejects.toMatchObject({ code: "ERR_UNSUPPORTED" });
});

test.each([
  ["no rank", { r: null }, "ERR_FORMAT", "r must be"],
  ["a rank that is a text", { r: "8" }, "ERR_FORMAT", "r must be"],
  ["no alpha", { lora_alpha: 0 }, "ERR_FORMAT", "lora_alpha"],
  ["another kind", { peft_type: "IA3" }, "ERR_UNSUPPORTED", "IA3"],
  ["DoRA", { use_dora: true }, "ERR_UNSUPPORTED", "DoRA"],
  ["trained biases", { bias: "all" }, "ERR_UNSUPPORTED", "biases"],
  ["modules saved whole", { modules_to_save: ["lm_head"] }, "ERR_UNSUPPORTED", "saved whole"],
  ["ranks of their own", { rank_pattern: { q_proj: 4 } }, "ERR_UNSUPPORTED", "ranks of their own"],
])("%s is refused by name", async (_, change, code, words) => {
  await writeAdapter(change);

  await expect(findAdapter(folder)).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
});

test("a folder without an adapter says what is missing; one for another model is refused", async () => {
  await expect(findAdapter(base)).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
  await writeAdapter({ r: 4 });

  await expect(openModel(base, { cacheDir: join(parent, "cache"), adapter: folder })).rejects.toMatchObject({
    code: "ERR_FORMAT",
    message: expect.stringContaining("shape"),
  });
});

// --- internal ---

function bytes(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function floats(data: Uint8Array): Float32Array {
  return new Float32Array(data.slice().buffer);
}
