import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PalaverError } from "@palaver/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fileStore } from "./file-store.ts";

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}

async function* brokenAfter(text: string): AsyncGenerator<Uint8Array> {
  yield* chunks(text);
  throw new PalaverError("ERR_IO", "the source broke");
}

describe("fileStore", () => {
  let parent: string;
  let folder: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), "palaver-store-"));
    folder = join(parent, "deep", "store");
  });

  afterEach(() => rm(parent, { recursive: true }));

  async function text(name: string): Promise<string> {
    const source = await fileStore(folder).read(name);
    try {
      return new TextDecoder().decode(await source.read(0, source.size));
    } finally {
      await source.close();
    }
  }

  test("is empty before its folder exists", async () => {
    await expect(fileStore(folder).list()).resolves.toEqual([]);
  });

  test("gives back what was written, the last writing of a name", async () => {
    const store = fileStore(folder);

    await store.write("b", chunks("old"));
    await store.write("b", chunks("ne", "w"));
    await store.write("a.safetensors", chunks());

    expect(await store.list()).toEqual(["a.safetensors", "b"]);
    expect([await text("a.safetensors"), await text("b")]).toEqual(["", "new"]);
  });

  test("keeps what was there, and leaves nothing else, when a writing fails", async () => {
    const store = fileStore(folder);
    await store.write("a", chunks("whole"));

    await expect(store.write("a", brokenAfter("half"))).rejects.toThrow("the source broke");

    expect([await text("a"), await readdir(folder)]).toEqual(["whole", ["a"]]);
  });

  test("forgets removed files, also those that never were", async () => {
    const store = fileStore(folder);
    await store.write("a", chunks("x"));

    await store.remove("a");
    await store.remove("a");

    expect(await store.list()).toEqual([]);
    await expect(store.read("a")).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
  });

  test("clears away what a process left behind that died a day ago, and nothing newer", async () => {
    const store = fileStore(folder);
    await store.write("a", chunks("x"));
    await writeFile(join(folder, ".tmp-old"), "");
    await writeFile(join(folder, ".tmp-new"), "");
    const yesterday = new Date(Date.now() - 25 * 3600 * 1000);
    await utimes(join(folder, ".tmp-old"), yesterday, yesterday);

    await store.write("a", chunks("y"));

    expect((await readdir(folder)).sort()).toEqual([".tmp-new", "a"]);
  });

  test.each(["../a", "a/b", "", ".tmp-x", "a\0", "..", "C:\\x"])("refuses the name %j", async (name) => {
    await expect(fileStore(folder).write(name, chunks("x"))).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });
    await expect(fileStore(folder).read(name)).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });
  });
});
