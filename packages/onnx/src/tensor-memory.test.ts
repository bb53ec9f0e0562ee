import { isPalaverError, PalaverError } from "@palaver/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { allocateTensor, shapeSize } from "./tensor-memory.ts";

test("the size of a shape is the product of natural numbers, and everything else is refused", () => {
  const dimension = fc.oneof(fc.nat(40), fc.constantFrom(-1, 0.5, Number.NaN, 2 ** 52, 2 ** 60, -0));
  fc.assert(
    fc.property(fc.array(dimension, { maxLength: 6 }), (shape) => {
      const valid = shape.every((size) => Number.isSafeInteger(size) && size >= 0);
      const exact = valid ? shape.reduce((product, size) => product * BigInt(size), 1n) : undefined;
      try {
        expect(BigInt(shapeSize(shape))).toBe(exact);
      } catch (error) {
        if (exact === undefined) expect(isPalaverError(error, "ERR_INVALID_ARGUMENT")).toBe(true);
        else expect(exact > BigInt(Number.MAX_SAFE_INTEGER) && isPalaverError(error, "ERR_LIMIT")).toBe(true);
      }
    }),
  );
});

test("more dimensions than any operator takes are refused", () => {
  expect(() => shapeSize(Array<number>(17).fill(1))).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
});

test("freeing a large block empties the views of it at once and gives its pages back in the next turns", async () => {
  const bytes = 256 * 1024 * 1024;
  const before = process.memoryUsage.rss();
  const memory = allocateTensor("uint8", [bytes]);
  const view = memory.data as Uint8Array;
  const untouched = process.memoryUsage.rss();
  view.fill(1);
  const full = process.memoryUsage.rss();

  memory.free();
  const lengthAtOnce = view.length;
  const turns = await turnsUntil(() => process.memoryUsage.rss() - before < bytes / 4);

  expect(untouched - before).toBeLessThan(bytes / 4); // zero pages are not there until written
  expect(full - before).toBeGreaterThan(bytes / 2);
  expect(lengthAtOnce).toBe(0);
  expect(turns).toBeGreaterThan(4); // in one turn the event loop would stand still for as long as the kernel takes
});

test("a large block begins on a cache line, and not where pages do", () => {
  const { data, bytes } = allocateTensor("float32", [49_152]);

  expect(data.byteOffset % 64).toBe(0);
  expect(data.byteOffset % 4096).toBeGreaterThan(0); // the comment at LARGE_OFFSET says what that costs
  expect([bytes.byteOffset, bytes.byteLength]).toEqual([data.byteOffset, data.byteLength]);
});

test("no block can be transferred to another thread, where its address would mean nothing", () => {
  for (const length of [1, 1 << 20]) {
    const { data } = allocateTensor("float32", [length]);
    try {
      structuredClone(0, { transfer: [data.buffer as ArrayBuffer] });
    } catch (error) {
      expect(error).toMatchObject({ name: "DataCloneError" }); // from Node 21 on; before, the wish is ignored
    }

    expect(data.length).toBe(length);
  }
});

test("a block that somebody emptied can be freed", () => {
  const { data, free } = allocateTensor("float32", [1 << 20]);
  (data.buffer as ArrayBuffer).resize(0);

  expect(free).not.toThrow();
});

test("a small block and an empty one have memory behind them", () => {
  expect(allocateTensor("int64", []).data).toEqual(BigInt64Array.of(0n));
  expect(allocateTensor("float32", [0]).data.length).toBe(0);
  expect(allocateTensor("float32", [0]).bytes.length).toBeGreaterThan(0);
});

/** Turns of the event loop that pass before something is so; fails after 100. */
async function turnsUntil(isSo: () => boolean): Promise<number> {
  for (let turns = 0; turns <= 100; turns++) {
    if (isSo()) return turns;
    await new Promise(setImmediate);
  }
  throw new PalaverError("ERR_LIMIT", "100 turns were not enough");
}
