import type { Runtime } from "@palaver/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openRuntime } from "../open-runtime.ts";
import { cacheLayout } from "./cache-layout.ts";
import { cacheMemory } from "./cache-memory.ts";

const POSITIONS = 16_384; // 8 MB a tensor, 32 MB in all
const LENGTH = POSITIONS - 1;
const HEADS = 2;
const SIZE = 64;

const layouts = [0, 1, 2, 3].map((i) =>
  cacheLayout({ name: `past_${i}`, type: "float32", shape: [1, HEADS, "positions", SIZE] }, `present_${i}`, {}),
);

let runtime: Runtime;

beforeAll(async () => {
  runtime = await openRuntime({ driver: "native", threads: 1 });
}, 60_000);

afterAll(() => runtime.close());

test("a large cache is copied over several turns of the event loop, as it was when its copy was asked for", async () => {
  const memory = cacheMemory(runtime, layouts);
  const state = memory.allocate(POSITIONS);
  for (const [i, { data }] of state.tensors.entries()) (data as Float32Array).fill(i + 1);
  let turns = 0;
  let isCopying = true;
  const count = (): void => {
    turns += 1;
    if (isCopying) setImmediate(count);
  };
  setImmediate(count);

  const copy = memory.copy(state, LENGTH, POSITIONS);
  await state.ready(); // as a step on it would
  isCopying = false;
  for (const { data } of state.tensors) (data as Float32Array).fill(9);
  state.release();
  await copy.ready();

  expect(turns).toBeGreaterThanOrEqual(2);
  for (const [i, { data }] of copy.tensors.entries()) {
    const numbers = data as Float32Array;
    const head = POSITIONS * SIZE;
    expect(numbers.subarray(0, LENGTH * SIZE).every((number) => number === i + 1)).toBe(true);
    expect(numbers.subarray(head, head + LENGTH * SIZE).every((number) => number === i + 1)).toBe(true);
    expect(numbers.subarray(LENGTH * SIZE, head).every((number) => number === 0)).toBe(true);
  }
  copy.release();
});

test("a source that is let go during its copy stays until the copy is made", async () => {
  const memory = cacheMemory(runtime, layouts);
  const state = memory.allocate(POSITIONS);
  for (const { data } of state.tensors) (data as Float32Array).fill(1);

  const copy = memory.copy(state, LENGTH, POSITIONS);
  state.release();
  await copy.ready();

  expect(copy.tensors.every(({ data }) => data[0] === 1 && data[LENGTH * SIZE - 1] === 1)).toBe(true);
  copy.release();
});

test("a small cache is copied at once", () => {
  const memory = cacheMemory(runtime, layouts);
  const state = memory.allocate(4);
  for (const { data } of state.tensors) (data as Float32Array).fill(1);

  const copy = memory.copy(state, 3, 4);

  expect(copy.ready()).toBeUndefined();
  expect(copy.tensors.every(({ data }) => data[0] === 1)).toBe(true);
});
