import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isPalaverError } from "@palaver/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stageFolder } from "./staged-folder.ts";

let base: string;
let target: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "palaver-staged-"));
  target = join(base, "below", "target");
});

afterEach(() => rm(base, { recursive: true }));

const write = (text: string) => (folder: string) => writeFile(join(folder, "file"), text);
const content = () => readFile(join(target, "file"), "utf8");

test("a folder appears under its name, parents included", async () => {
  await stageFolder(target, write("one"), { existing: "keep" });

  expect(await content()).toBe("one");
  expect(await readdir(join(base, "below"))).toEqual(["target"]);
});

test("while it is written it has another name", async () => {
  let seen: string[] = [];

  const look = async (): Promise<void> => {
    seen = await readdir(join(base, "below"));
  };
  await stageFolder(target, look, { existing: "keep" });

  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatch(/^\.target\.tmp-[0-9a-f]{12}$/);
});

test("an error while writing passes through and leaves nothing", async () => {
  const reason = new RangeError("enough");

  await expect(stageFolder(target, () => Promise.reject(reason), { existing: "keep" })).rejects.toBe(reason);

  expect(await readdir(join(base, "below"))).toEqual([]);
});

test("a folder that is there is kept or replaced, as asked", async () => {
  await stageFolder(target, write("one"), { existing: "keep" });
  await stageFolder(target, write("two"), { existing: "keep" });
  expect(await content()).toBe("one");

  await stageFolder(target, write("three"), { existing: "replace" });
  expect(await content()).toBe("three");
  expect(await readdir(join(base, "below"))).toEqual(["target"]);
});

test("what a dead process left a day ago is removed, what is younger stays", async () => {
  const old = join(base, "below", ".target.tmp-000000000000");
  const young = join(base, "below", ".target.tmp-111111111111");
  await mkdir(old, { recursive: true });
  await mkdir(young);
  const dayAgo = new Date(Date.now() - 25 * 3600 * 1000);
  await utimes(old, dayAgo, dayAgo);

  await stageFolder(target, write("one"), { existing: "keep" });

  expect((await readdir(join(base, "below"))).toSorted()).toEqual([".target.tmp-111111111111", "target"]);
});

test("a parent that is a file is an error of ours with the path", async () => {
  await writeFile(join(base, "below"), "");

  const error = await stageFolder(target, write("one"), { existing: "keep" }).catch((reason: unknown) => reason);

  expect(isPalaverError(error)).toBe(true);
  expect((error as Error).message).toContain(join(base, "below"));
});
