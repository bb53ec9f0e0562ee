import { writeFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ImportProgress } from "./import-options.ts";
import { openModel } from "./open-model.ts";
import { tinySafetensors, writeTinyFolder } from "./testing/tiny-checkpoint.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "palaver-cached-"));
  await writeTinyFolder(folder);
});

afterEach(() => rm(folder, { recursive: true }));

const changes: [string, string, () => Uint8Array | string][] = [
  ["the weights", "model.safetensors", () => tinySafetensors(2)],
  ["the vocabulary", "tokenizer.json", () => "{}"],
  ["a file that was not there", "chat_template.jinja", () => "hello"],
];

test.each(changes)(
  "%s changed after they were hashed: nothing is kept under the key of before",
  async (_, name, content) => {
    const cacheDir = join(folder, "cache");
    const onProgress = ({ phase, doneBytes, totalBytes }: ImportProgress): void => {
      if (phase === "hash" && doneBytes === totalBytes) writeFileSync(join(folder, name), content());
    };

    const opening = openModel(folder, { cacheDir, onProgress });

    await expect(opening).rejects.toMatchObject({ code: "ERR_IO", message: expect.stringContaining("changed while") });
    expect(await readdir(join(cacheDir, "imports"))).toEqual([]);
  },
);
