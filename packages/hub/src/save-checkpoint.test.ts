import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Weights } from "@palaver/graph";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openCheckpoint } from "./open-checkpoint.ts";
import { openModelText } from "./open-model-text.ts";
import { saveCheckpoint } from "./save-checkpoint.ts";
import { tinyGguf, tinyHfConfig, tinySafetensors, writeTinyFolder } from "./testing/tiny-checkpoint.ts";

let parent: string;
let base: string;
let out: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "palaver-save-"));
  base = join(parent, "base");
  out = join(parent, "out");
  await mkdir(base);
});

afterEach(() => rm(parent, { recursive: true }));

/** The weights of another checkpoint, all of them turned round. */
function negated({ tensors, read }: Weights): Weights {
  return {
    tensors,
    read: async (name) => {
      const bytes = (await read(name)).slice();
      return new Uint8Array(new Float32Array(bytes.buffer).map((value) => -value).buffer);
    },
  };
}

test("a folder's text, configuration and the new weights are what is opened again", async () => {
  await writeTinyFolder(base);
  await writeFile(join(base, "config.json"), JSON.stringify({ ...tinyHfConfig, torch_dtype: "bfloat16" }));
  const before = await openCheckpoint(base);
  const weights = negated(before.weights);

  await saveCheckpoint(base, out, weights);

  const after = await openCheckpoint(out);
  const [name = ""] = [...before.weights.tensors.keys()];
  expect(after.config).toEqual(before.config);
  expect([...after.weights.tensors.keys()].sort()).toEqual([...before.weights.tensors.keys()].sort());
  expect(await after.weights.read(name)).toEqual(await weights.read(name));
  expect(JSON.parse(await readFile(join(out, "config.json"), "utf8")).torch_dtype).toBe("float32");
  expect((await openModelText(out)).tokenizer?.encode("Hi")).toEqual(
    (await openModelText(base)).tokenizer?.encode("Hi"),
  );
  await before.close();
  await after.close();
});

test("what was there is replaced, other files stay, and nothing temporary is left", async () => {
  await writeTinyFolder(base);
  await mkdir(out);
  await writeFile(join(out, "metrics.jsonl"), "{}\n");
  const { weights, close } = await openCheckpoint(base);

  await saveCheckpoint(base, out, negated(weights));
  await saveCheckpoint(base, out, weights);

  const again = await openCheckpoint(out);
  expect(await again.weights.read("model.norm.weight")).toEqual(await weights.read("model.norm.weight"));
  expect((await readdir(out)).sort()).toEqual([...(await readdir(base)), "metrics.jsonl"].sort());
  await again.close();
  await close();
});

test("beside the shards of another checkpoint the saved weights are those that are opened", async () => {
  await writeTinyFolder(base);
  await mkdir(out);
  const shard = "model-00001-of-00001.safetensors";
  await writeFile(join(out, shard), tinySafetensors(2));
  const index = { weight_map: { "model.norm.weight": shard } };
  await writeFile(join(out, "model.safetensors.index.json"), JSON.stringify(index));
  const { weights, close } = await openCheckpoint(base);

  await saveCheckpoint(base, out, weights);

  const again = await openCheckpoint(out);
  const name = "model.layers.0.mlp.up_proj.weight";
  expect(await again.weights.read(name)).toEqual(await weights.read(name));
  await again.close();
  await close();
});

test("weights that cannot be read leave nothing behind", async () => {
  await writeTinyFolder(base);
  const { weights, close } = await openCheckpoint(base);
  const broken: Weights = { ...weights, read: () => Promise.reject(new RangeError("the disk broke")) };

  await expect(saveCheckpoint(base, out, broken)).rejects.toThrow("the disk broke");

  expect(await readdir(out)).toEqual([]);
  await close();
});

test("a GGUF's vocabulary and template come along, and its weights can be saved as floats", async () => {
  const gguf = join(parent, "tiny.gguf");
  await writeFile(gguf, tinyGguf());
  await writeTinyFolder(base);
  const { weights, close } = await openCheckpoint(base);

  await saveCheckpoint(gguf, out, weights);

  const [text, original] = [await openModelText(out), await openModelText(gguf)];
  expect(text.tokenizer?.encode("Hi")).toEqual(original.tokenizer?.encode("Hi"));
  expect(text.stopIds).toEqual(original.stopIds);
  await close();
});

test("quantized weights are no floats and are refused", async () => {
  const gguf = join(parent, "tiny.gguf");
  await writeFile(gguf, tinyGguf());
  const { weights, close } = await openCheckpoint(gguf);
  const types = [...weights.tensors.values()].map(({ type }) => type);

  expect(types).toContain("Q4_0");
  await expect(saveCheckpoint(gguf, out, weights)).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });

  await close();
});

test("what a process left behind that died a day ago while it saved is cleared away", async () => {
  await writeTinyFolder(base);
  const left = join(out, ".model.safetensors.tmp-abc");
  await mkdir(left, { recursive: true });
  const yesterday = new Date(Date.now() - 25 * 3600 * 1000);
  await utimes(left, yesterday, yesterday);
  const { weights, close } = await openCheckpoint(base);

  await saveCheckpoint(base, out, weights);
  await close();

  expect(await readdir(out)).not.toContain(".model.safetensors.tmp-abc");
});
