import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isPalaverError } from "@palaver/core";
import { parseOnnx } from "@palaver/formats";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type OpenedModel, openModel } from "./open-model.ts";
import { tinyGguf, tinyHfConfig, tinySafetensors, writeTinyFolder } from "./testing/tiny-checkpoint.ts";

let base: string;
let cacheDir: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "palaver-hub-"));
  cacheDir = join(base, "cache");
});

afterEach(() => rm(base, { recursive: true }));

/** A new folder with the tiny checkpoint. */
async function tinyFolder(name = "tiny"): Promise<string> {
  const folder = join(base, name);
  await mkdir(folder);
  await writeTinyFolder(folder);
  return folder;
}

async function tinyFile(name = "tiny.gguf"): Promise<string> {
  const path = join(base, name);
  await writeFile(path, tinyGguf());
  return path;
}

const imports = async (): Promise<string[]> => readdir(join(cacheDir, "imports")).catch(() => []);

test("a safetensors folder opens with graph, tokenizer, template and advice", async () => {
  const folder = await tinyFolder();

  const model = await openModel(folder, { cacheDir });

  expect(model).toMatchObject({
    name: "tiny",
    source: folder,
    form: { kind: "gqa-shared", layers: 1, kvHeads: 1, headDim: 16, contextTokens: 64, vocabSize: 258 },
    details: { architecture: "llama", contextTokens: 64, quantization: "F32" },
    stopIds: [257],
    bosId: 256,
    generation: { temperature: 0.6, topP: 0.9 },
  });
  expect(model.tokenizer?.encode("hi")).toEqual([0x68, 0x69]);
  expect(model.template?.render([{ role: "user", content: "hi" }], { addGenerationPrompt: true }).text).toBe(
    "<s>user: hi</s><s>assistant: ",
  );
  expect(parseOnnx(await readFile(model.onnxPath)).graph.outputs[0]?.name).toBe("logits");
});

test("a GGUF opens alike", async () => {
  const model = await openModel(await tinyFile(), { cacheDir });

  expect(model).toMatchObject({
    name: "tiny",
    form: { kind: "gqa-shared", vocabSize: 258 },
    details: { architecture: "llama", quantization: "Q4_0" },
    stopIds: [257],
    bosId: 256,
  });
  expect(model.tokenizer?.decode([0x68, 0x69])).toBe("hi");
  expect(model.template).toBeDefined();
});

test("the number of weights is counted", async () => {
  const matrices = 258 * 32 + 32 * 32 + 2 * 16 * 32 + 32 * 32 + 3 * 64 * 32;

  expect((await openModel(await tinyFolder(), { cacheDir })).details.parameters).toBe(matrices + 3 * 32);
});

test("a second opening imports and hashes nothing", async () => {
  const folder = await tinyFolder();
  const first = await openModel(folder, { cacheDir });
  const phases: string[] = [];

  const second = await openModel(folder, { cacheDir, onProgress: ({ phase }) => phases.push(phase) });

  expect(second.onnxPath).toBe(first.onnxPath);
  expect(phases).toEqual([]);
});

test("the first opening reports both phases up to their ends", async () => {
  const ends = new Map<string, [number, number]>();

  await openModel(await tinyFolder(), {
    cacheDir,
    onProgress: ({ phase, doneBytes, totalBytes }) => ends.set(phase, [doneBytes, totalBytes]),
  });

  expect([...ends.keys()]).toEqual(["hash", "write"]);
  for (const [done, total] of ends.values()) expect(done).toBe(total);
});

test("a copy elsewhere is the same model, one other byte is another", async () => {
  const first = await openModel(await tinyFolder("a"), { cacheDir });
  const copy = await openModel(await tinyFolder("b"), { cacheDir });
  await writeFile(join(base, "b", "model.safetensors"), tinySafetensors(2));
  const changed = await openModel(join(base, "b"), { cacheDir });

  expect(copy.onnxPath).toBe(first.onnxPath);
  expect(copy.name).toBe("b");
  expect(changed.onnxPath).not.toBe(first.onnxPath);
});

test("a file that changed but kept size and path is hashed again", async () => {
  const folder = await tinyFolder();
  const first = await openModel(folder, { cacheDir });
  const weights = join(folder, "model.safetensors");
  const { size, mtime } = await stat(weights);
  await writeFile(weights, tinySafetensors(3));
  await utimes(weights, mtime, new Date(mtime.getTime() + 5));

  const second = await openModel(folder, { cacheDir });

  expect((await stat(weights)).size).toBe(size);
  expect(second.onnxPath).not.toBe(first.onnxPath);
});

test("another quantization is another import", async () => {
  const folder = await tinyFolder();
  const plain = await openModel(folder, { cacheDir });
  const quantized = await openModel(folder, { cacheDir, quantize: "q8" });

  expect(quantized.onnxPath).not.toBe(plain.onnxPath);
  expect(quantized.details.quantization).toBe("q8");
});

test("openings at the same time all succeed and share one import", async () => {
  const folder = await tinyFolder();

  const models = await Promise.all(Array.from({ length: 6 }, () => openModel(folder, { cacheDir })));

  expect(new Set(models.map((model: OpenedModel) => model.onnxPath)).size).toBe(1);
  expect(await imports()).toHaveLength(1);
});

test("a damaged import in the cache is made anew", async () => {
  const folder = await tinyFolder();
  const { onnxPath } = await openModel(folder, { cacheDir });
  const { size } = await stat(`${onnxPath}.data`);
  await truncate(`${onnxPath}.data`, 100);

  const again = await openModel(folder, { cacheDir });

  expect(again.onnxPath).toBe(onnxPath);
  expect((await stat(`${onnxPath}.data`)).size).toBe(size);
});

test("an abort while writing leaves nothing", async () => {
  const folder = await tinyFolder();
  const controller = new AbortController();
  const reason = new RangeError("enough");
  const onProgress = ({ phase }: { phase: string }) => phase === "write" && controller.abort(reason);

  await expect(openModel(folder, { cacheDir, signal: controller.signal, onProgress })).rejects.toBe(reason);

  expect(await imports()).toEqual([]);
});

test("one file goes before an index that was left beside it", async () => {
  const folder = await tinyFolder();
  const single = await openModel(folder, { cacheDir });
  const weight_map = { "model.norm.weight": "model-00001-of-00001.safetensors" };
  await writeFile(join(folder, "model.safetensors.index.json"), JSON.stringify({ weight_map }));
  await writeFile(join(folder, "model-00001-of-00001.safetensors"), tinySafetensors(2));

  expect((await openModel(folder, { cacheDir })).onnxPath).toBe(single.onnxPath);
});

test("shards are found by their index", async () => {
  const folder = await tinyFolder();
  const single = await openModel(folder, { cacheDir });
  await cp(join(folder, "model.safetensors"), join(folder, "model-00001-of-00001.safetensors"));
  await rm(join(folder, "model.safetensors"));
  const weight_map = { "model.norm.weight": "model-00001-of-00001.safetensors" };
  await writeFile(join(folder, "model.safetensors.index.json"), JSON.stringify({ metadata: {}, weight_map }));

  expect((await openModel(folder, { cacheDir })).onnxPath).toBe(single.onnxPath);
});

describe("what is wrong is said in one line, with a code", () => {
  const refusal = (path: string): Promise<unknown> => openModel(path, { cacheDir }).catch((error: unknown) => error);
  const spoiled = async (name: string, content: string | Uint8Array | undefined): Promise<string> => {
    const folder = await tinyFolder();
    if (content === undefined) await rm(join(folder, name));
    else await writeFile(join(folder, name), content);
    return folder;
  };
  const indexed = async (weight_map: Record<string, string>): Promise<string> => {
    const folder = await spoiled("model.safetensors.index.json", JSON.stringify({ weight_map }));
    await rm(join(folder, "model.safetensors"));
    return folder;
  };
  const manyShards = Object.fromEntries(Array.from({ length: 4097 }, (_, i) => [`t${i}`, `${i}.safetensors`]));
  const bytes = tinySafetensors();
  const gguf = tinyGguf();
  const cases: [string, () => Promise<string>, string, string][] = [
    ["a missing path", async () => join(base, "nowhere"), "ERR_NOT_FOUND", "nowhere"],
    ["an empty path", async () => "", "ERR_INVALID_ARGUMENT", "path"],
    ["a path with NUL", async () => "a\0b", "ERR_INVALID_ARGUMENT", "NUL"],
    ["a folder without a model", async () => base, "ERR_NOT_FOUND", "model.safetensors"],
    ["weights without a config", () => spoiled("config.json", undefined), "ERR_NOT_FOUND", "config.json"],
    ["cut weights", () => spoiled("model.safetensors", bytes.subarray(0, 5000)), "ERR_FORMAT", "model.safetensors"],
    ["empty weights", () => spoiled("model.safetensors", ""), "ERR_FORMAT", "tiny"],
    ["a config that is no JSON", () => spoiled("config.json", "{"), "ERR_FORMAT", "config.json"],
    [
      "an unknown architecture",
      () => spoiled("config.json", '{"architectures":["Mamba"]}'),
      "ERR_UNSUPPORTED",
      "Mamba",
    ],
    ["a broken tokenizer", () => spoiled("tokenizer.json", '{"model":'), "ERR_FORMAT", "tokenizer.json"],
    ["a broken template", () => spoiled("chat_template.jinja", "{% if %}"), "ERR_FORMAT", "tiny"],
    [
      "a size that the weights do not have",
      () => spoiled("config.json", JSON.stringify({ ...tinyHfConfig, vocab_size: 9 })),
      "ERR_FORMAT",
      "[9, 32]",
    ],
    ["a shard that leads out", () => indexed({ a: "../x" }), "ERR_FORMAT", "../x"],
    ["a shard that is missing", () => indexed({ a: "b.safetensors" }), "ERR_NOT_FOUND", "b.safetensors"],
    ["more shards than anybody makes", () => indexed(manyShards), "ERR_LIMIT", "4097 files"],
    [
      "a file of another kind",
      async () => join(await tinyFolder(), "model.safetensors"),
      "ERR_INVALID_ARGUMENT",
      "folder",
    ],
  ];

  test.each(cases)("%s", async (_, make, code, part) => {
    const error = await refusal(await make());

    expect(isPalaverError(error) ? error.code : error).toBe(code);
    expect((error as Error).message).toContain(part);
    expect((error as Error).message).not.toContain("\n");
    expect(await imports()).toEqual([]);
  });

  test.each([0, 3, 24, 200, gguf.length - 40])("a GGUF cut to %d bytes", async (length) => {
    const path = join(base, "cut.gguf");
    await writeFile(path, gguf.subarray(0, length));

    const error = await refusal(path);

    expect(isPalaverError(error) ? error.code : error).toBe("ERR_FORMAT");
    expect((error as Error).message).toContain(path);
  });
});
