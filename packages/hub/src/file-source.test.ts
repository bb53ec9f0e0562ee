import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openFileSource } from "./file-source.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "palaver-source-"));
});

afterEach(() => rm(folder, { recursive: true }));

/** A file whose bytes beyond the first are a hole, which takes no disk. */
async function sparseFile(size: number): Promise<string> {
  const path = join(folder, "sparse");
  await writeFile(path, "x");
  await truncate(path, size);
  return path;
}

test("more bytes at once than memory is meant to hold are refused with the path, and the file stays readable", async () => {
  const path = await sparseFile(17e9);
  const source = await openFileSource(path);

  try {
    await expect(source.read(0, 17e9)).rejects.toMatchObject({
      code: "ERR_LIMIT",
      message: expect.stringContaining(path),
      details: { path, length: 17e9 },
    });
    expect(await source.read(0, 2)).toEqual(Uint8Array.of(120, 0));
  } finally {
    await source.close();
  }
});
