import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { modelFolder } from "./model-folder.ts";

const LIMIT = 2 ** 23;

let path: string;

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), "palaver-folder-"));
});

afterEach(() => rm(path, { recursive: true }));

/** A file of this size that takes no place on the disk. */
async function sparse(name: string, bytes: number): Promise<void> {
  await writeFile(join(path, name), "");
  await truncate(join(path, name), bytes);
}

test.each(["config.json", "palaver.json", "tokenizer_config.json"])("%s has 8 MiB at most", async (name) => {
  await writeFile(join(path, name), "{}".padEnd(LIMIT));
  expect(await modelFolder(path).json(name)).toEqual({});

  await sparse(name, LIMIT + 1);
  await expect(modelFolder(path).json(name)).rejects.toMatchObject({
    code: "ERR_LIMIT",
    details: { path: join(path, name) },
  });
});

test.each(["tokenizer.json", "vocab.json", "merges.txt", "tokenizer.gguf", "model.safetensors.index.json"])(
  "%s may be larger",
  async (name) => {
    await sparse(name, LIMIT + 1);

    expect((await modelFolder(path).read(name))?.byteLength).toBe(LIMIT + 1);
  },
);
