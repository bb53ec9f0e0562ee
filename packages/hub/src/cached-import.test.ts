import { writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, utimes, writeFile } from "node:fs/promises";
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

test("what a killed import left of any model a day ago goes with the next opening, also of one that is imported", async () => {
  const cacheDir = join(folder, "cache");
  await openModel(folder, { cacheDir });
  const imports = join(cacheDir, "imports");
  const [kept = ""] = await readdir(imports);
  const other = "0".repeat(64);
  const names = [`.${other}.tmp-000000000000`, `.${other}.tmp-111111111111-old`, ".somebody.else"];
  const dayAgo = new Date(Date.now() - 25 * 3600 * 1000);
  for (const name of names) {
    await mkdir(join(imports, name));
    await writeFile(join(imports, name, "model.onnx.data"), "weights");
    await utimes(join(imports, name), dayAgo, dayAgo);
  }
  const young = `.${other}.tmp-222222222222`;
  await mkdir(join(imports, young));

  await openModel(folder, { cacheDir });

  expect((await readdir(imports)).toSorted()).toEqual([young, ".somebody.else", kept].toSorted());
});

test("weights of the same size and time that are renamed into place are another model", async () => {
  const cacheDir = join(folder, "cache");
  const weights = join(folder, "model.safetensors");
  const time = new Date("2024-01-01T00:00:00Z");
  await utimes(weights, time, time);
  const first = await openModel(folder, { cacheDir });
  await writeFile(`${weights}.new`, tinySafetensors(2));
  await utimes(`${weights}.new`, time, time);
  await rename(`${weights}.new`, weights);

  const second = await openModel(folder, { cacheDir });

  expect(second.onnxPath).not.toBe(first.onnxPath);
});
