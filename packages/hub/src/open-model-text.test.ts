import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openModelText } from "./open-model-text.ts";

const root = mkdtempSync(join(tmpdir(), "palaver-text-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** tiktoken ranks of the 256 bytes. */
const ranks = Array.from({ length: 256 }, (_, byte) => `${Buffer.of(byte).toString("base64")} ${byte}`).join("\n");

function folderWith(names: readonly string[]): string {
  const folder = mkdtempSync(join(root, "model-"));
  for (const name of names) writeFileSync(join(folder, name), ranks);
  return folder;
}

test("a vocabulary under its publisher's own name is found where there is no other", async () => {
  for (const name of ["qwen.tiktoken", "instruct.model.v3", "tokenizer.model"]) {
    const { tokenizer } = await openModelText(folderWith([name]));

    expect(tokenizer?.encode("ab")).toEqual([97, 98]);
  }
});

test("of several vocabularies under own names none is guessed", async () => {
  const { tokenizer } = await openModelText(folderWith(["a.tiktoken", "b.model"]));

  expect(tokenizer).toBeUndefined();
});

test("a path that is not there is told by its code", async () => {
  await expect(openModelText(join(root, "nowhere"))).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
});
