import { existsSync } from "node:fs";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isPalaverError } from "@palaver/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeFolder } from "./make-folder.ts";

let base: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "palaver-make-"));
});

afterEach(() => rm(base, { recursive: true }));

test("missing folders above are made, and one that is there is taken", async () => {
  const path = join(base, "a", "b", "c");

  await makeFolder(path);
  await makeFolder(path);

  expect((await stat(path)).isDirectory()).toBe(true);
});

test("several callers at once all succeed", async () => {
  const path = join(base, "a", "b", "c");

  await Promise.all(Array.from({ length: 8 }, () => makeFolder(path)));

  expect((await stat(path)).isDirectory()).toBe(true);
});

test("a file in the way is an error with its path", async () => {
  await writeFile(join(base, "a"), "");

  for (const path of [join(base, "a"), join(base, "a", "b")]) {
    const error = await makeFolder(path).catch((reason: unknown) => reason);
    expect(isPalaverError(error)).toBe(true);
    expect((error as Error).message).toContain(path);
  }
});

test.skipIf(!existsSync("/proc/self"))("a place where nothing can be made ends in an error", async () => {
  await expect(makeFolder("/proc/palaver-test/below")).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
});
