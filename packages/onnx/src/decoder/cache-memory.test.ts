import { PalaverError, type Runtime, type RuntimeTensor } from "@palaver/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openRuntime } from "../open-runtime.ts";
import { encodeGraph, value } from "../testing/small-graphs.ts";
import { cacheLayout } from "./cache-layout.ts";
import { cacheMemory } from "./cache-memory.ts";
import { CacheState } from "./cache-state.ts";

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

  const copy = memory.copy(state, LENGTH, POSITIONS);
  const turns = await turnsUntil(state.ready()); // as a step on it would wait
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

test("one large tensor is copied over several turns, too, each position to its place", async () => {
  const positions = 4 * POSITIONS; // 32 MB
  const memory = cacheMemory(runtime, layouts.slice(0, 1));
  const state = memory.allocate(positions);
  const source = state.tensors[0]!.data as Float32Array;
  for (let i = 0; i < source.length; i++) source[i] = 1 + (i % 8191);

  const copy = memory.copy(state, positions - 1, positions);
  const turns = await turnsUntil(copy.ready());

  expect(turns).toBeGreaterThanOrEqual(7); // of 4 MB each
  const target = copy.tensors[0]!.data as Float32Array;
  const isRight = (number: number, i: number): boolean =>
    number === (Math.floor(i / SIZE) % positions === positions - 1 ? 0 : source[i]);
  expect(target.every(isRight)).toBe(true);
  for (const each of [state, copy]) each.release();
});

test("of a copy with much room the tensors are made in turns of their own", async () => {
  const memory = cacheMemory(runtime, layouts);
  const state = memory.allocate(2 * POSITIONS); // 64 MB in all
  for (const { data } of state.tensors) (data as Float32Array).fill(1);

  const copy = memory.copy(state, 1, 2 * POSITIONS);
  const turns = await turnsUntil(copy.ready());

  expect(turns).toBeGreaterThanOrEqual(3);
  for (const { data } of copy.tensors) expect([data[SIZE - 1], data[SIZE]]).toEqual([1, 0]);
  for (const each of [state, copy]) each.release();
});

test("a copy whose tensors cannot all be made tells so and keeps none of them", async () => {
  const made: RuntimeTensor[] = [];
  const { driver, device, version, threads } = runtime;
  const memory = cacheMemory(
    {
      driver,
      device,
      version,
      threads,
      load: (source, options) => runtime.load(source, options),
      tensor(type, shape, data) {
        if (made.length === 6) throw new PalaverError("ERR_LIMIT", "there is no more");
        const tensor = runtime.tensor(type, shape, data);
        made.push(tensor);
        return tensor;
      },
      close: async () => {},
    },
    layouts,
  );
  const state = memory.allocate(2 * POSITIONS);

  const copy = memory.copy(state, LENGTH, 2 * POSITIONS);

  await expect(copy.ready()).rejects.toMatchObject({ code: "ERR_LIMIT" });
  for (const tensor of made.slice(4))
    expect(() => tensor.data).toThrow(expect.objectContaining({ code: "ERR_CLOSED" }));
  expect(state.ready()).toBeUndefined();
  for (const each of [state, copy]) each.release();
});

test("what a run made is cut without a look at it, which would move all of it in one turn", async () => {
  const shape = [1, HEADS, "n", SIZE];
  const nodes = [{ op: "Identity", inputs: ["x"], outputs: ["y"] }];
  const identity = encodeGraph({
    inputs: [value("x", "float32", shape)],
    outputs: [value("y", "float32", shape)],
    nodes,
  });
  const x = runtime.tensor("float32", [1, HEADS, POSITIONS, SIZE]);
  const source = x.data as Float32Array;
  for (let i = 0; i < source.length; i++) source[i] = 1 + (i % 8191);
  const { y } = await (await runtime.load(identity)).run({ x }, { y: null });
  let looks = 0;
  Object.defineProperty(y, "data", {
    get() {
      looks += 1;
      return source;
    },
  });
  const memory = cacheMemory(runtime, layouts.slice(0, 1));
  const state = new CacheState([y!], POSITIONS);

  const cut = memory.cut(state, 1000);
  await cut.ready();

  expect(looks).toBe(0);
  const target = cut.tensors[0]!.data as Float32Array;
  const perHead = 1000 * SIZE;
  const isRight = (number: number, i: number): boolean =>
    number === source[Math.floor(i / perHead) * POSITIONS * SIZE + (i % perHead)];
  expect(target.length).toBe(HEADS * perHead);
  expect(target.every(isRight)).toBe(true);
  for (const each of [state, cut]) each.release();
  await memory.close();
});

test("of a large cache nothing is copied where nothing is kept", () => {
  const memory = cacheMemory(runtime, layouts);
  const state = memory.allocate(POSITIONS);

  const copies = [memory.copy(state, 0, 4), memory.cut(state, 0)];

  expect(copies.map((copy) => [copy.positions, copy.ready()])).toEqual([
    [4, undefined],
    [0, undefined],
  ]);
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

// --- internal ---

/** Turns of the event loop that pass until something is done. */
async function turnsUntil(done: Promise<unknown> | undefined): Promise<number> {
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  await done;
  isDone = true;
  return turns;
}
