import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { emptyFolder } from "./empty-folder.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "empty-folder-"));
  mkdirSync(join(folder, "chat", "training"), { recursive: true });
  writeFileSync(join(folder, "metrics.jsonl"), "");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("an earlier rebuild is removed, and a folder that is not there is empty", async () => {
  await emptyFolder(folder);
  await emptyFolder(join(folder, "none"));

  expect(readdirSync(folder)).toEqual([]);
});

test("a folder with anything else is left as it is", async () => {
  writeFileSync(join(folder, "thesis.txt"), "years of work");

  await expect(emptyFolder(folder)).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });

  expect(existsSync(join(folder, "chat", "training"))).toBe(true);
});
