import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isPalaverError } from "@palaver/core";
import { expect, test } from "vitest";
import { localPath } from "./local-path.ts";
import { runCaptured } from "./testing/run-captured.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const folder = temporaryFolder();

test.each([
  ["hf:org/repo", /Hugging Face/],
  ["hf:org/repo:model-q4_0.gguf", /Hugging Face/],
  ["llama3.2:1b", /no store/],
  ["llama3.1:8b-text-q4_0", /no store/],
  ["somebody/llama3.2:1b", /no store/],
  ["starter:large", /starter or starter:base/],
])("%s is a name that cannot be had yet", async (name, reason) => {
  const error = await localPath(name).catch((thrown: unknown) => thrown);

  expect(isPalaverError(error, "ERR_UNSUPPORTED") && error.message).toMatch(reason);
});

test.each(["models/tiny", "./llama3.2:1b", "/models/llama3.2:1b", "C:\\models\\tiny", "C:tiny", "odd:name.gguf"])(
  "%s is a path",
  async (path) => {
    expect(await localPath(path)).toBe(path);
  },
);

// Windows has no such names.
test.skipIf(process.platform === "win32")("a file that is called like a name is meant by it", async () => {
  const before = process.cwd();
  process.chdir(folder);
  try {
    writeFileSync("tiny:1b", "");
    writeFileSync("hf:tiny", "");

    expect([await localPath("tiny:1b"), await localPath("hf:tiny")]).toEqual(["tiny:1b", "hf:tiny"]);
  } finally {
    process.chdir(before);
  }
});

test.each([
  ["run"],
  ["show"],
  ["tokenize"],
  ["render", "--messages", join(folder, "none.json")],
  ["import", "-o", folder],
])("%s says so too", async (command, ...flags) => {
  const { code, stderr } = await runCaptured([command, "llama3.2:1b", ...flags]);

  expect(code).toBe(1);
  expect(stderr).toMatch(/^palaver: ERR_UNSUPPORTED: llama3\.2:1b: [^\n]+\n$/);
});
