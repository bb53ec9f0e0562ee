import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Runtime, RuntimeSession, RuntimeTensor } from "@palaver/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Backing } from "../driver.ts";
import type { DriverTensor } from "../driver-tensor.ts";
import { openRuntime } from "../open-runtime.ts";
import { addGraph, encodeGraph, floats, int64s, slowGraph, value } from "../testing/small-graphs.ts";
import type { NativeContext } from "./native-context.ts";
import { NativeGraph } from "./native-graph.ts";
import { findNativeLibrary, loadNativeLibrary } from "./native-library.ts";

const WIDTH = 64;
// Far longer than any test may take: only an abort ends it.
const ENDLESS = 2n ** 40n;

let runtime: Runtime;

beforeEach(async () => {
  runtime = await openRuntime({ driver: "native", threads: 1 });
}, 60_000);

afterEach(async () => {
  vi.restoreAllMocks();
  await runtime.close();
});

test("an abort ends a run in its middle with the signal's reason, and the session runs again", async () => {
  const { session, trips, x } = await slowRun(ENDLESS);
  const reason = { why: "left" };
  const latencies: number[] = [];

  // The best of three: the machine may be busy with other things for one of them.
  for (let attempt = 0; attempt < 3; attempt++) {
    const controller = new AbortController();
    const running = session.run({ trips, x }, { y: x }, { signal: controller.signal });
    await pause(30);
    const abortedAt = performance.now();
    controller.abort(reason);
    expect(await running.catch((error: unknown) => error)).toBe(reason);
    latencies.push(performance.now() - abortedAt);
  }

  expect(Math.min(...latencies)).toBeLessThan(250); // what a client that leaves may cost
  trips.data[0] = 3n;
  const { y } = await session.run({ trips, x }, { y: null });
  expect(y!.shape).toEqual([WIDTH, WIDTH]);
});

test("an abort ends a bound run in its middle, and it runs again", async () => {
  const { session, trips, x } = await slowRun(ENDLESS);
  const bound = session.bind({ trips, x }, { y: x });
  const controller = new AbortController();

  const running = bound.run({ signal: controller.signal }).catch((error: unknown) => error);
  await pause(30);
  controller.abort("left");

  expect(await running).toBe("left");
  trips.data[0] = 3n;
  await bound.run();
  bound.close();
});

test("an aborted run leaves the runs behind it in the queue alone", async () => {
  const { session, trips, x } = await slowRun(ENDLESS);
  const few = runtime.tensor("int64", [], BigInt64Array.of(2n));
  const controller = new AbortController();

  const endless = session.run({ trips, x }, { y: null }, { signal: controller.signal }).catch(() => "aborted");
  const behind = session.run({ trips: few, x }, { y: null });
  await pause(10);
  controller.abort();

  expect(await endless).toBe("aborted");
  expect((await behind).y!.shape).toEqual([WIDTH, WIDTH]);
});

test("timers keep firing while a run is under way, as they cannot on the portable driver", async () => {
  const ticksOf = async (opened: Runtime, trips: bigint): Promise<number> => {
    const session = await opened.load(slowGraph(WIDTH));
    const count = opened.tensor("int64", [], BigInt64Array.of(trips));
    const x = opened.tensor("float32", [WIDTH, WIDTH]);
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 5);
    await session.run({ trips: count, x }, { y: x }).finally(() => clearInterval(timer));
    return ticks;
  };
  const portable = await openRuntime({ driver: "portable", threads: 1 });
  const trips = 40_000n; // some hundred milliseconds; the same work for both

  const native = await ticksOf(runtime, trips);
  const blocked = await ticksOf(portable, trips).finally(() => portable.close());

  expect(blocked).toBeLessThanOrEqual(2);
  expect(native).toBeGreaterThan(10);
});

test("closing waits for the run under way", async () => {
  const { session, trips, x } = await slowRun(2000n);
  const order: string[] = [];

  const running = session.run({ trips, x }, { y: null }).then(() => order.push("run"));
  await pause(5);
  const closing = runtime.close().then(() => order.push("close"));
  await Promise.all([running, closing]);

  expect(order).toEqual(["run", "close"]);
});

test("graphs that load at the same time come out whole", async () => {
  const sessions = await Promise.all(Array.from({ length: 6 }, () => runtime.load(addGraph())));
  const x = runtime.tensor("float32", [1], Float32Array.of(2));

  const sums = await Promise.all(sessions.map((session) => session.run({ a: x, b: x }, { sum: null })));

  expect(sums.map(({ sum }) => sum!.data[0])).toEqual([4, 4, 4, 4, 4, 4]);
});

test("external data is read from beside the graph and from nowhere else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "palaver-onnx-"));
  const weights = new Uint8Array(Float32Array.of(1, 2).buffer);
  await mkdir(join(folder, "model"));
  await writeFile(join(folder, "secret.bin"), weights);
  await writeFile(join(folder, "model/weights.bin"), weights);
  const path = join(folder, "model/model.onnx");
  const load = async (location: string): Promise<RuntimeSession> => {
    await writeFile(path, externalGraph(location));
    return runtime.load(path);
  };

  try {
    const session = await load("weights.bin");
    const x = runtime.tensor("float32", [2]);
    const { y } = await session.run({ x }, { y: null });
    expect([...y!.data]).toEqual([1, 2]);

    for (const location of ["../secret.bin", "/etc/passwd", "missing.bin"]) {
      await expect(load(location), location).rejects.toMatchObject({ code: "ERR_FORMAT" });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("an abort ends a load before its graph is made, and others load on", async () => {
  const { api } = await loadNativeLibrary(findNativeLibrary());
  const release = vi.spyOn(api.ReleaseSession, "async");
  const controller = new AbortController();
  const reason = { why: "left" };

  const loading = runtime.load(manyWeights(), { signal: controller.signal });
  const other = runtime.load(addGraph());
  controller.abort(reason);

  expect(await loading.catch((error: unknown) => error)).toBe(reason);
  await other;
  await runtime.close();
  expect(release).toHaveBeenCalledTimes(1); // the other's: of the first there was no session
});

test("a signal that is not aborted changes nothing of a load", async () => {
  const { signal } = new AbortController();

  const session = await runtime.load(manyWeights(), { signal });

  expect(session.inputs.map(({ name }) => name)).toEqual(["x"]);
});

test("of a run with an output that nobody can take, no output stays", async () => {
  const { api } = await loadNativeLibrary(findNativeLibrary());
  const rank = 17;
  const deep = Array.from({ length: rank }, (_, axis) => `n${axis}`);
  const graph = encodeGraph({
    inputs: [value("x", "float32", ["n"])],
    outputs: [value("before", "float32", ["n"]), value("deep", "float32", deep), value("after", "float32", ["n"])],
    initializers: [int64s("shape", [rank], [-1, ...Array<number>(rank - 1).fill(1)])],
    nodes: [
      { op: "Neg", inputs: ["x"], outputs: ["before"] },
      { op: "Reshape", inputs: ["before", "shape"], outputs: ["deep"] },
      { op: "Abs", inputs: ["x"], outputs: ["after"] },
    ],
  });
  const session = await runtime.load(graph);
  const x = runtime.tensor("float32", [4]);
  const release = vi.spyOn(api, "ReleaseValue");

  const running = session.run({ x }, { before: null, deep: null, after: null });

  await expect(running).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });
  expect(release).toHaveBeenCalledTimes(3);
  const { after } = await session.run({ x }, { after: null });
  expect(after!.shape).toEqual([4]);
});

test("a part of an output is read where it lies, before and after a look at all of it", async () => {
  const { api } = await loadNativeLibrary(findNativeLibrary());
  const session = await runtime.load(addGraph());
  const x = runtime.tensor("float32", [5], Float32Array.of(1, 2, 3, 4, 5));
  const { sum: output } = await session.run({ a: x, b: x }, { sum: null });
  const sum = output as DriverTensor<Backing>; // what runtimes of this package give
  const made = vi.spyOn(api, "CreateTensorWithDataAsOrtValue");
  const [first, second] = [new Float32Array(2), new Float32Array(2)];

  sum.copyTo(first, 3);
  const moves = made.mock.calls.length;
  (sum.data as Float32Array)[1] = 9;
  sum.copyTo(second, 1);

  expect([...first, ...second]).toEqual([8, 10, 9, 6]);
  expect(moves).toBe(0);
  expect(() => sum.copyTo(first, 4)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
});

test("a graph that gets no run options leaves nothing allocated", () => {
  const allocated = new Set<bigint>();
  const koffi = {
    alloc(): bigint {
      const pointer = BigInt(allocated.size + 1);
      allocated.add(pointer);
      return pointer;
    },
    free: (pointer: bigint) => allocated.delete(pointer),
    view: (_: bigint, bytes: number) => new ArrayBuffer(bytes),
  };
  const released: string[] = [];
  const api = new Proxy({}, { get: (_, name) => () => void released.push(String(name)) });
  // Only what is called here is there.
  const contextThat = (fails: string): NativeContext => {
    const refuse = (subject: string): bigint => {
      if (subject === fails) throw new DOMException("it is full", "OperationError");
      return 0n;
    };
    return { library: { koffi, api }, out: refuse, call: refuse } as unknown as NativeContext;
  };

  expect(() => new NativeGraph(contextThat("run options"), 1n)).toThrow("it is full");
  expect(() => new NativeGraph(contextThat("log level"), 1n)).toThrow("it is full");

  expect(allocated.size).toBe(0);
  expect(released.filter((name) => name === "ReleaseRunOptions")).toHaveLength(1);
});

test("opening, loading, running and closing again and again does not grow the process", async () => {
  const cycle = async (): Promise<void> => {
    const opened = await openRuntime({ driver: "native", threads: 1 });
    const session = await opened.load(slowGraph(256));
    const trips = opened.tensor("int64", [], BigInt64Array.of(1n));
    const x = opened.tensor("float32", [256, 256]);
    const cache = opened.tensor("float32", [1, 4, 4096, 64]); // 4 MB, touched: 60 of them would show
    (cache.data as Float32Array).fill(1);
    const { y } = await session.run({ trips, x }, { y: null });
    expect(y!.data[0]).toBe(0);
    await session.bind({ trips, x }, { y: x }).run(); // closed by its session
    await opened.close();
  };
  for (let i = 0; i < 20; i++) await cycle(); // the allocator's and the engine's own pools fill up
  const before = process.memoryUsage.rss();

  for (let i = 0; i < 60; i++) await cycle();

  // One leaked cache or session a cycle would be 240 MB or more.
  expect(process.memoryUsage.rss() - before).toBeLessThan(60e6);
});

// --- internal ---

async function slowRun(
  count: bigint,
): Promise<{ readonly session: RuntimeSession; readonly trips: RuntimeTensor; readonly x: RuntimeTensor }> {
  return {
    session: await runtime.load(slowGraph(WIDTH)),
    trips: runtime.tensor("int64", [], BigInt64Array.of(count)),
    x: runtime.tensor("float32", [WIDTH, WIDTH]),
  };
}

/** Products with 64 matrices, one behind the other: ONNX Runtime looks whether it shall go on at each. */
function manyWeights(): Uint8Array {
  const names = Array.from({ length: 64 }, (_, i) => `w${i}`);
  return encodeGraph({
    inputs: [value("x", "float32", [1, WIDTH])],
    outputs: [value("y", "float32", [1, WIDTH])],
    initializers: names.map((name) => floats(name, [WIDTH, WIDTH], new Float32Array(WIDTH * WIDTH).fill(0.1))),
    nodes: names.map((name, i) => ({
      op: "MatMul",
      inputs: [i === 0 ? "x" : `h${i}`, name],
      outputs: [i === names.length - 1 ? "y" : `h${i + 1}`],
    })),
  });
}

function externalGraph(location: string): Uint8Array {
  // The encoder writes no name that leaves the folder, so the hostile ones are put in afterwards.
  const tame = location.replace(/^[./]*/, (start) => "_".repeat(start.length));
  const data = { location: tame, offset: 0, length: 8 };
  const graph = encodeGraph({
    inputs: [value("x", "float32", [2])],
    outputs: [value("y", "float32", [2])],
    initializers: [{ name: "w", type: "float32", shape: [2], data }],
    nodes: [{ op: "Add", inputs: ["x", "w"], outputs: ["y"] }],
  });
  graph.set(Buffer.from(location), Buffer.from(graph).indexOf(tame));
  return graph;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
