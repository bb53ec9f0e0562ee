import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fileHash } from "./file-hash.ts";

let base: string;
let path: string;
let memoFolder: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "palaver-hash-"));
  path = join(base, "file");
  memoFolder = join(base, "hashes");
  await writeFile(path, "one");
});

afterEach(() => rm(base, { recursive: true }));

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** The hash, and how many bytes were read for it. */
async function hashed(): Promise<[string, number]> {
  let bytes = 0;
  const onBytes = (count: number): void => {
    bytes += count;
  };
  return [await fileHash(path, { memoFolder, onBytes }), bytes];
}

test("a file is read once", async () => {
  expect([await hashed(), await hashed()]).toEqual([
    [sha256("one"), 3],
    [sha256("one"), 0],
  ]);
});

test("a file that is rewritten and given its old time is read again", async () => {
  const time = new Date("2024-01-01T00:00:00Z");
  await utimes(path, time, time);
  await hashed();
  // Systems count the time of a change in ticks of up to 10 ms.
  await setTimeout(30);

  await writeFile(path, "two");
  await utimes(path, time, time);

  expect(await hashed()).toEqual([sha256("two"), 3]);
});

test.each([
  [
    "of an earlier version, by size and time alone",
    async () => {
      const { size, mtimeNs } = await stat(path, { bigint: true });
      return JSON.stringify({ identity: `${path}\n${size}\n${mtimeNs}`, sha256: "0".repeat(64) });
    },
  ],
  ["that is cut", () => '{"identity":'],
])("a memo %s is no memo, and is replaced", async (_, content) => {
  await hashed();
  const [name = ""] = await readdir(memoFolder);
  await writeFile(join(memoFolder, name), await content());

  expect([await hashed(), await hashed()]).toEqual([
    [sha256("one"), 3],
    [sha256("one"), 0],
  ]);
});
