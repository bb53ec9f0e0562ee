import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { byteSource, isPalaverError } from "@palaver/core";
import { encodeGguf, parseGguf } from "@palaver/formats";
import { afterEach, beforeEach, expect, test } from "vitest";
import { importModel } from "./import-model.ts";
import { openModel } from "./open-model.ts";
import { randomFields, writeRandomCheckpoint } from "./testing/random-checkpoint.ts";
import { tinyGguf, writeTinyFolder } from "./testing/tiny-checkpoint.ts";

let base: string;
let source: string;
let target: string;
let cacheDir: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "palaver-report-"));
  source = join(base, "source");
  target = join(base, "target");
  cacheDir = join(base, "cache");
  await mkdir(source);
});

afterEach(() => rm(base, { recursive: true }));

const longRope = {
  ...randomFields,
  architectures: ["Phi3ForCausalLM"],
  original_max_position_embeddings: 64,
  rope_scaling: { type: "longrope", short_factor: Array(16).fill(1), long_factor: Array(16).fill(2) },
};

test("what is stored exactly is not reported", async () => {
  await writeTinyFolder(source);

  expect(await importModel(source, target)).toEqual({ notes: [] });
  expect((await openModel(target)).report).toEqual({ notes: [] });
});

test("a quantized import tells the error over all tensors and of the worst, and keeps it", async () => {
  await writeTinyFolder(source);

  const report = await importModel(source, target, { quantize: "q4" });

  const { rounding } = report;
  // The tied embedding, four matrices of attention and three of the feed-forward layer.
  expect(rounding?.tensors).toBe(8);
  expect(rounding?.relativeError).toBeGreaterThan(0.001);
  // No element is off by more than a step, an eighth of the largest, which for a sine is the root of 2 times the RMS.
  expect(rounding?.worstRelativeError).toBeLessThan(Math.SQRT2 / 8);
  expect(rounding?.worstRelativeError).toBeGreaterThanOrEqual(rounding?.relativeError ?? 1);
  expect(rounding?.worstTensor).toMatch(/^model\.layers\.0\..*\.weight$/);
  expect((await openModel(target)).report).toEqual(report);
});

test("matrices in int8 are told, and those of a graph for prompts apart from the others", async () => {
  await writeTinyFolder(source);

  const q4 = await importModel(source, target, { quantize: "q4" });
  const int8 = await importModel(source, target, { quantize: "int8" });
  const both = await importModel(source, target, { quantize: "q4", prefill: "int8" });

  expect(int8.rounding?.tensors).toBe(8);
  expect(int8.prefillRounding).toBeUndefined();
  expect(both).toEqual({ ...q4, prefillRounding: int8.rounding });
  expect((await openModel(target)).report).toEqual(both);
});

test("a checkpoint with an element that is not finite is refused by the tensor's name where it would be rounded", async () => {
  await writeTinyFolder(source);
  const weights = join(source, "model.safetensors");
  const bytes = await readFile(weights);
  bytes.writeFloatLE(Number.NaN, bytes.length - 4);
  await writeFile(weights, bytes);

  const error = await importModel(source, target, { quantize: "q8" }).catch((reason: unknown) => reason);

  expect(isPalaverError(error, "ERR_FORMAT")).toBe(true);
  expect((error as Error).message).toContain("down_proj");
  expect(await importModel(source, target)).toEqual({ notes: [] });
});

test("a GGUF's blocks that are kept lose nothing", async () => {
  await writeFile(join(base, "tiny.gguf"), tinyGguf());

  expect(await importModel(join(base, "tiny.gguf"), target)).toEqual({ notes: [] });
});

test("a manifest whose report is malformed is refused", async () => {
  await writeTinyFolder(source);
  await importModel(source, target);
  const manifest = join(target, "palaver.json");
  const json = JSON.parse(await readFile(manifest, "utf8"));
  await writeFile(manifest, JSON.stringify({ ...json, report: { notes: [7] } }));

  expect(isPalaverError(await openModel(target).catch((error: unknown) => error), "ERR_FORMAT")).toBe(true);
});

test("LongRoPE is built for its original context, and says which factors it took", async () => {
  await writeRandomCheckpoint(source, longRope);

  const short = await importModel(source, target);
  const builtFor = (await openModel(target)).form.contextTokens;
  const long = await importModel(source, target, { contextTokens: 100 });

  expect(builtFor).toBe(64);
  expect(short.notes).toEqual([expect.stringMatching(/short factors for 64 tokens.*up to 128/)]);
  expect(long.notes).toEqual([expect.stringMatching(/built for 100 tokens.*long factors/)]);
  expect((await openModel(target)).form.contextTokens).toBe(100);
});

test("a need beyond the original context opens the long form, every other the short one", async () => {
  await writeRandomCheckpoint(source, longRope);
  const contextFor = async (neededContextTokens: number | undefined) =>
    (await openModel(source, { cacheDir, neededContextTokens })).form.contextTokens;

  expect([await contextFor(undefined), await contextFor(64), await contextFor(65)]).toEqual([64, 64, 128]);
});

test("of a model of pictures and text the text model is imported, and what is left out is told", async () => {
  const json = {
    architectures: ["Gemma3ForConditionalGeneration"],
    text_config: { ...randomFields, model_type: "gemma3_text", sliding_window: 8 },
  };
  const extra = ["vision_tower.embeddings.weight", "multi_modal_projector.mm_input_projection_weight"];
  await writeRandomCheckpoint(source, json, { rename: (name) => `language_model.${name}`, extra });

  const { notes } = await importModel(source, target);

  expect(notes).toEqual([expect.stringMatching(/text model is taken, 2 tensors are left out/)]);
  expect((await openModel(target)).details).toMatchObject({ architecture: "gemma3_text", contextTokens: 128 });
});

test("a GGUF without tensors is refused before anything is written", async () => {
  const { metadata } = await parseGguf(byteSource(tinyGguf()));
  await writeFile(join(base, "empty.gguf"), encodeGguf({ metadata }));

  const error = await importModel(join(base, "empty.gguf"), target).catch((reason: unknown) => reason);

  expect(isPalaverError(error)).toBe(true);
  await expect(readFile(join(target, "palaver.json"))).rejects.toMatchObject({ code: "ENOENT" });
});
