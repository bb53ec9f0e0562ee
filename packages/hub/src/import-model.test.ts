import { cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { platform } from "node:process";
import { byteSource, isPalaverError } from "@palaver/core";
import { parseGguf, parseOnnx } from "@palaver/formats";
import { afterEach, beforeEach, expect, test } from "vitest";
import { importModel } from "./import-model.ts";
import type { ImportProgress } from "./import-options.ts";
import { openModel } from "./open-model.ts";
import { tinyGguf, tinyShards, writeTinyFolder } from "./testing/tiny-checkpoint.ts";

let base: string;
let source: string;
let target: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "palaver-import-"));
  source = join(base, "source");
  target = join(base, "target");
  await mkdir(source);
  await writeTinyFolder(source);
});

afterEach(() => rm(base, { recursive: true }));

const refusal = (from: string, to: string): Promise<unknown> => importModel(from, to).catch((error: unknown) => error);

test("a safetensors folder becomes a folder that opens by itself", async () => {
  await importModel(source, target);
  await rm(source, { recursive: true });

  const model = await openModel(target, { cacheDir: join(base, "cache") });

  expect((await readdir(target)).toSorted()).toEqual([
    "config.json",
    "generation_config.json",
    "model.onnx",
    "model.onnx.data",
    "palaver.json",
    "tokenizer.json",
    "tokenizer_config.json",
  ]);
  expect(model).toMatchObject({
    name: "target",
    onnxPath: join(target, "model.onnx"),
    form: { kind: "gqa-shared", layers: 1, vocabSize: 258 },
    stopIds: [257],
    generation: { temperature: 0.6 },
  });
  expect(model.tokenizer?.encode("hi")).toEqual([0x68, 0x69]);
  expect(model.template).toBeDefined();
  expect(await readdir(base)).not.toContain("cache");
});

test("a GGUF brings its tokenizer and template along", async () => {
  await writeFile(join(base, "tiny.gguf"), tinyGguf());
  await importModel(join(base, "tiny.gguf"), target);

  const model = await openModel(target);

  expect(model).toMatchObject({ details: { quantization: "Q4_0" }, stopIds: [257], bosId: 256 });
  expect(model.tokenizer?.encode("hi")).toEqual([0x68, 0x69]);
  expect(model.template?.render([{ role: "user", content: "hi" }]).text).toBe("<s>user: hi</s>");
  const kept = await parseGguf(byteSource(await readFile(join(target, "tokenizer.gguf"))));
  const original = await parseGguf(byteSource(tinyGguf()));
  expect(kept.tensors.size).toBe(0);
  expect(kept.metadata.get("tokenizer.ggml.tokens")).toEqual(original.metadata.get("tokenizer.ggml.tokens"));
});

test.each(["q4", "q8"] as const)(
  "a GGUF's Q4_0 blocks are kept at %s, and said to be what they are",
  async (quantize) => {
    await writeFile(join(base, "tiny.gguf"), tinyGguf());

    await importModel(join(base, "tiny.gguf"), target, { quantize });

    expect((await openModel(target)).details.quantization).toBe("Q4_0");
  },
);

test("a GGUF's matrices that are made int8 are said to be that", async () => {
  await writeFile(join(base, "tiny.gguf"), tinyGguf());

  await importModel(join(base, "tiny.gguf"), target, { quantize: "int8" });

  expect((await openModel(target)).details.quantization).toBe("int8");
});

test("the template's file beside an imported GGUF can be edited, and without it the GGUF's own is there", async () => {
  await writeFile(join(base, "tiny.gguf"), tinyGguf());
  await importModel(join(base, "tiny.gguf"), target);
  const hello = async () => (await openModel(target)).template?.render([{ role: "user", content: "hi" }]).text;

  await writeFile(
    join(target, "chat_template.jinja"),
    "{% for message in messages %}* {{ message.content }}{% endfor %}",
  );
  const edited = await hello();
  await rm(join(target, "chat_template.jinja"));

  expect([edited, await hello()]).toEqual(["* hi", "<s>user: hi</s>"]);
});

test("a SentencePiece GGUF that names no special tokens ends answers by llama.cpp's, which its config tells too", async () => {
  const pieces = ["<unk>", "<s>", "</s>", ...Array.from({ length: 255 }, (_, i) => `piece${i}`)];
  const types = Int32Array.from(pieces, (_, id) => (id === 0 ? 2 : id < 3 ? 3 : 1));
  const gguf = tinyGguf({
    "tokenizer.ggml.model": { type: "string", value: "llama" },
    "tokenizer.ggml.tokens": { type: "array", itemType: "string", value: pieces },
    "tokenizer.ggml.token_type": { type: "array", itemType: "int32", value: types },
    "tokenizer.ggml.pre": undefined,
    "tokenizer.ggml.merges": undefined,
    "tokenizer.ggml.bos_token_id": undefined,
    "tokenizer.ggml.eos_token_id": undefined,
    "tokenizer.chat_template": undefined,
  });
  await writeFile(join(base, "tiny.gguf"), gguf);
  await importModel(join(base, "tiny.gguf"), target);

  const generation = JSON.parse(await readFile(join(target, "generation_config.json"), "utf8"));

  expect(await openModel(target)).toMatchObject({ stopIds: [2], bosId: 1 });
  expect(generation).toEqual({ bos_token_id: 1, eos_token_id: [2] });
});

test.each(["none", "q4"] as const)(
  "a checkpoint in two shards gives the bytes that one file gives (%s)",
  async (quantize) => {
    const sharded = join(base, "sharded");
    await cp(source, sharded, { recursive: true });
    await rm(join(sharded, "model.safetensors"));
    for (const [name, content] of tinyShards()) await writeFile(join(sharded, name), content);

    await importModel(source, target, { quantize });
    await importModel(sharded, join(base, "other"), { quantize });

    for (const name of ["model.onnx", "model.onnx.data"]) {
      expect((await readFile(join(base, "other", name))).equals(await readFile(join(target, name)))).toBe(true);
    }
  },
);

test("a GGUF leaves a config.json that other tools read", async () => {
  await writeFile(join(base, "tiny.gguf"), tinyGguf());
  await importModel(join(base, "tiny.gguf"), target);

  expect(JSON.parse(await readFile(join(target, "config.json"), "utf8"))).toMatchObject({
    architectures: ["LlamaForCausalLM"],
    hidden_size: 32,
    num_hidden_layers: 1,
    vocab_size: 258,
  });
});

test("quantization is asked for and shown", async () => {
  await importModel(source, target, { quantize: "q4", block: 32 });

  expect((await openModel(target)).details.quantization).toBe("q4");
});

test("a graph for prompts is written beside the other, and goes when it is no longer wanted", async () => {
  const progress: number[] = [];
  const onProgress = ({ doneBytes, totalBytes }: ImportProgress) => void progress.push(doneBytes / totalBytes);
  await importModel(source, target, { quantize: "q4", prefill: "int8", onProgress });

  const model = await openModel(target);
  const { outputs } = parseOnnx(await readFile(join(target, "model.onnx"))).graph;
  const prefill = parseOnnx(await readFile(model.prefillPath!)).graph;

  expect(model.prefillPath).toBe(join(target, "prefill.onnx"));
  expect(prefill.outputs).toEqual(outputs);
  expect(prefill.nodes.some(({ op }) => op === "MatMulIntegerToFloat")).toBe(true);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  expect(progress.at(-1)).toBe(1);

  await importModel(source, target, { quantize: "q4" });
  expect((await openModel(target)).prefillPath).toBeUndefined();
  expect(await readdir(target)).not.toContain("prefill.onnx");
});

test("an empty folder and an earlier import are taken, the import replaced", async () => {
  await mkdir(target);
  await importModel(source, target);
  await importModel(source, target, { quantize: "q8" });

  expect((await openModel(target)).details.quantization).toBe("q8");
  expect((await readdir(base)).toSorted()).toEqual(["source", "target"]);
});

test("a link to a folder stays, and what it leads to becomes the import and is replaced by the next", async () => {
  const link = join(base, "link");
  await mkdir(target);
  await symlink("target", link);

  await importModel(source, link);
  await importModel(source, link, { quantize: "q8" });

  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect((await openModel(target)).details.quantization).toBe("q8");
  expect((await readdir(base)).toSorted()).toEqual(["link", "source", "target"]);
});

test("a link to nothing and a place below a file are refused before anything is read", async () => {
  const link = join(base, "link");
  await symlink("nowhere", link);
  await writeFile(join(source, "model.safetensors"), "no weights");

  for (const place of [link, join(source, "config.json", "below")]) {
    expect(isPalaverError(await refusal(source, place), "ERR_INVALID_ARGUMENT")).toBe(true);
  }
});

test.skipIf(platform !== "linux")("a mount point, where no folder can be put, is refused with what to do", async () => {
  const error = await refusal(source, "/proc");

  expect(isPalaverError(error, "ERR_INVALID_ARGUMENT")).toBe(true);
  expect((error as Error).message).toBe("/proc is a mount point, which cannot be replaced: choose a folder inside it");
});

test("a folder with anything else in it is refused and left alone", async () => {
  await mkdir(target);
  await writeFile(join(target, "thesis.txt"), "years of work");

  expect(isPalaverError(await refusal(source, target), "ERR_INVALID_ARGUMENT")).toBe(true);
  expect(await readFile(join(target, "thesis.txt"), "utf8")).toBe("years of work");
});

test("an earlier import to which somebody added a file is refused", async () => {
  await importModel(source, target);
  await writeFile(join(target, "notes.txt"), "mine");

  expect(isPalaverError(await refusal(source, target), "ERR_INVALID_ARGUMENT")).toBe(true);
  expect(await readFile(join(target, "notes.txt"), "utf8")).toBe("mine");
});

test("a file as the target is refused", async () => {
  await writeFile(target, "x");

  expect(isPalaverError(await refusal(source, target), "ERR_INVALID_ARGUMENT")).toBe(true);
});

test("the source as its own target is refused", async () => {
  expect(isPalaverError(await refusal(source, source), "ERR_INVALID_ARGUMENT")).toBe(true);
});

test("an import is not imported again", async () => {
  await importModel(source, target);

  expect(isPalaverError(await refusal(target, join(base, "other")), "ERR_INVALID_ARGUMENT")).toBe(true);
});

test("a failure leaves the earlier import as it was, and nothing beside it", async () => {
  await importModel(source, target);
  await writeFile(join(source, "config.json"), "{}");

  expect(isPalaverError(await refusal(source, target), "ERR_UNSUPPORTED")).toBe(true);
  expect((await readdir(base)).toSorted()).toEqual(["source", "target"]);
  expect((await openModel(target)).form).toMatchObject({ layers: 1 });
});

test("a source with a broken tokenizer is refused", async () => {
  await writeFile(join(source, "tokenizer.json"), '{"model":');

  expect(isPalaverError(await refusal(source, target), "ERR_FORMAT")).toBe(true);
});

test("an import whose data is cut says so", async () => {
  await importModel(source, target);
  await writeFile(join(target, "model.onnx.data"), "short");

  const error = await openModel(target).catch((reason: unknown) => reason);

  expect(isPalaverError(error, "ERR_FORMAT")).toBe(true);
  expect((error as Error).message).toContain("model.onnx.data has 5 bytes");
});

test.each(["model.onnx", "prefill.onnx"])(
  "an import whose %s names data outside the folder is refused",
  async (name) => {
    await importModel(source, target, { quantize: "q4", prefill: "int8" });
    const graph = await readFile(join(target, name));
    const data = `${name}.data`;
    const outside = `../${"x".repeat(data.length - 3)}`;
    await writeFile(join(target, name), Buffer.from(graph.toString("latin1").replaceAll(data, outside), "latin1"));

    const error = await openModel(target).catch((reason: unknown) => reason);

    expect(isPalaverError(error, "ERR_FORMAT")).toBe(true);
    expect((error as Error).message).toContain(join(target, name));
  },
);

test("an import whose manifest does not name its graph is refused", async () => {
  await importModel(source, target);
  const manifest = join(target, "palaver.json");
  const json = JSON.parse(await readFile(manifest, "utf8"));
  await writeFile(manifest, JSON.stringify({ ...json, files: { "model.onnx.data": json.files["model.onnx.data"] } }));

  const error = await openModel(target).catch((reason: unknown) => reason);

  expect(isPalaverError(error, "ERR_FORMAT")).toBe(true);
  expect((error as Error).message).toContain("names no model.onnx");
});

test("an import whose data is a link out of the folder is refused", async () => {
  await importModel(source, target);
  await rm(join(target, "model.onnx.data"));
  await symlink("../source/model.safetensors", join(target, "model.onnx.data"));

  expect(isPalaverError(await openModel(target).catch((reason: unknown) => reason), "ERR_FORMAT")).toBe(true);
});
