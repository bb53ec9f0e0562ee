import { expect, test } from "vitest";
import { readTensor, readTensorChunks } from "./read-tensor.ts";
import { guardedSource } from "./testing/guarded-source.ts";
import { outcome } from "./testing/outcome.ts";

const bytes = Uint8Array.from({ length: 10 }, (_, index) => index);

test("a tensor's bytes are those of its range", async () => {
  expect(await readTensor(guardedSource(bytes), { offset: 2, byteLength: 3 })).toEqual(Uint8Array.of(2, 3, 4));
  expect(await readTensor(guardedSource(bytes), { offset: 10, byteLength: 0 })).toEqual(new Uint8Array(0));
});

test.each([
  [0, 11],
  [10, 1],
  [-1, 2],
  [2, -1],
  [Number.NaN, 1],
  [0, Number.NaN],
  [0.5, 1],
  [0, 1.5],
  [2 ** 53, 2 ** 53],
])("a range at %d of %d bytes is refused before the source is asked", async (offset, byteLength) => {
  const source = guardedSource(bytes);

  expect(await outcome(() => readTensor(source, { offset, byteLength }))).toBe("ERR_FORMAT");
  expect(source.bytesRead).toBe(0);
});

test("a source that gives too little is an input error, because the file changed or broke", async () => {
  const source = { size: 10, read: async () => new Uint8Array(3) };

  await expect(readTensor(source, { offset: 0, byteLength: 4 })).rejects.toMatchObject({ code: "ERR_IO" });
});

test("chunks follow one another and end where the tensor ends", async () => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readTensorChunks(guardedSource(bytes), { offset: 1, byteLength: 7 }, { chunkBytes: 3 })) {
    chunks.push(chunk);
  }

  expect(chunks).toEqual([Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6), Uint8Array.of(7)]);
});

test.each([0, -1, 1.5, Number.NaN])("chunks of %d bytes are a wrong call", async (chunkBytes) => {
  const chunks = readTensorChunks(guardedSource(bytes), { offset: 0, byteLength: 1 }, { chunkBytes });

  await expect(chunks.next()).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });
});
