import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { byteSource, isPalaverError } from "@palaver/core";
import { encodeGgufHeader, type GgufEntry, type GgufValue, parseGguf } from "@palaver/formats";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { importModel } from "./import-model.ts";
import { openModel } from "./open-model.ts";
import { tinyGguf, writeTinyFolder } from "./testing/tiny-checkpoint.ts";

const MUTANTS = 25;

let base: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "palaver-hostile-"));
});

afterEach(() => rm(base, { recursive: true }));

/** A change to a file: bytes put in place of others, and perhaps a cut; places are shares of its length. */
interface Mutation {
  readonly at: number;
  readonly bytes: Uint8Array;
  /** Headers are where lies are told: half of the changes fall into the first kilobyte. */
  readonly inHeader: boolean;
  readonly cut: number | null;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 9 }),
  inHeader: fc.boolean(),
  cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 4 }),
});

function mutated(original: Uint8Array, change: Mutation): Uint8Array {
  const copy = Uint8Array.from(original);
  const reach = change.inHeader ? Math.min(1024, copy.length) : copy.length;
  const at = Math.floor(change.at * Math.max(0, reach - change.bytes.length));
  copy.set(change.bytes.subarray(0, copy.length - at), at);
  return change.cut === null ? copy : copy.subarray(0, Math.floor(change.cut * copy.length));
}

/** Opens a path: a model, or an error of ours in one line, and then nothing is left in the cache. */
async function checkOpening(path: string): Promise<void> {
  const cacheDir = join(base, "cache");
  const outcome = await openModel(path, { cacheDir }).catch((error: unknown) => error);
  if (outcome instanceof Error) {
    expect(isPalaverError(outcome) ? "typed" : outcome).toBe("typed");
    expect(outcome.message).not.toContain("\n");
    expect(await readdir(join(cacheDir, "imports")).catch(() => [])).toEqual([]);
  }
  await rm(cacheDir, { recursive: true, force: true });
}

/** Changes a file of something that opens, again and again, and opens it. */
async function checkMutants(file: string, opened: string): Promise<void> {
  const original = await readFile(file);
  await fc.assert(
    fc.asyncProperty(mutation, async (change) => {
      await writeFile(file, mutated(original, change));
      await checkOpening(opened);
    }),
    { numRuns: MUTANTS },
  );
}

test("a changed GGUF opens or is refused in words", async () => {
  const path = join(base, "x.gguf");
  await writeFile(path, tinyGguf());
  await checkMutants(path, path);
});

test.each(["model.safetensors", "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"])(
  "a changed %s opens or is refused in words",
  async (name) => {
    const folder = join(base, "tiny");
    await mkdir(folder);
    await writeTinyFolder(folder);
    await checkMutants(join(folder, name), folder);
  },
);

test.each(["palaver.json", "model.onnx", "model.onnx.data", "tokenizer.gguf"])(
  "an import whose %s changed opens or is refused in words",
  async (name) => {
    const folder = join(base, "import");
    await writeFile(join(base, "x.gguf"), tinyGguf());
    await importModel(join(base, "x.gguf"), folder);
    await checkMutants(join(folder, name), folder);
  },
);

/** A decoder's description in a GGUF of this size, whose weights are a hole that takes no disk. */
async function writeSparseGguf(path: string, vocab: number, hidden: number): Promise<void> {
  const { metadata, tensors } = await parseGguf(byteSource(tinyGguf()));
  const sizes = new Map([
    [258, vocab],
    [32, hidden],
    [16, hidden / 2],
  ]);
  const wide = new Map<string, GgufEntry>();
  for (const [name, { shape }] of tensors)
    wide.set(name, { type: "F32", shape: shape.map((size) => sizes.get(size) ?? size) });
  const width: GgufValue = { type: "uint32", value: hidden };
  const header = encodeGgufHeader(wide, new Map([...metadata, ["llama.embedding_length", width]]));
  await writeFile(path, header.bytes);
  await truncate(path, header.fileBytes);
}

test("a GGUF whose table has 17 GB is refused with its path", async () => {
  const path = join(base, "x.gguf");
  await writeSparseGguf(path, 2 ** 22, 1024);

  const refusal = importModel(path, join(base, "import"));

  await expect(refusal).rejects.toMatchObject({
    code: "ERR_LIMIT",
    message: expect.stringContaining(`${path}: 17179869184 bytes`),
  });
});
