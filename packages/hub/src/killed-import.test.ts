import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { isPalaverError } from "@palaver/core";
import { startProcess } from "@palaver/test-process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { importModel } from "./import-model.ts";
import { openModel } from "./open-model.ts";
import { randomFields, writeRandomCheckpoint } from "./testing/random-checkpoint.ts";

/** Enough that an import takes a while: 26 MB of float32 for the embedding. */
const VOCAB = 200_000;

const json = { ...randomFields, architectures: ["LlamaForCausalLM"], vocab_size: VOCAB, tie_word_embeddings: true };

let base: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "palaver-killed-"));
  await mkdir(join(base, "source"));
  await writeRandomCheckpoint(join(base, "source"), json);
});

afterEach(() => rm(base, { recursive: true }));

/** Bytes of the weights that the folder beside the target holds so far; undefined before there is one. */
async function writtenBytes(): Promise<number | undefined> {
  const staged = (await readdir(base)).find((name) => name.startsWith(".target.tmp-"));
  if (staged === undefined) return undefined;
  const info = await stat(join(base, staged, "model.onnx.data")).catch(() => undefined);
  return info?.size ?? 0;
}

test.each([0, 1e7])("an import killed after %d bytes leaves nothing that looks finished", async (bytes) => {
  const source = join(base, "source");
  const target = join(base, "target");
  const script = new URL("./testing/import-process.ts", import.meta.url);

  const child = startProcess(script, [source, target]);
  let running = true;
  const ended = child.ended.finally(() => {
    running = false;
  });
  while (running && ((await writtenBytes()) ?? -1) < bytes) await setTimeout(1);
  child.kill();
  const { signal } = await ended;

  expect(signal).toBe("SIGKILL");
  expect(await readdir(base)).not.toContain("target");
  const error = await openModel(target).catch((reason: unknown) => reason);
  expect(isPalaverError(error, "ERR_NOT_FOUND")).toBe(true);
  await importModel(source, target);
  expect((await openModel(target)).form).toMatchObject({ layers: 1, vocabSize: VOCAB });
});
