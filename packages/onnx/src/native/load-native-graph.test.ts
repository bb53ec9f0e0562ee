import { expect, test } from "vitest";
import { loadNativeGraph } from "./load-native-graph.ts";
import type { NativeContext } from "./native-context.ts";

test("no memory patterns are planned: they double what a training takes, and are kept for each length of a sequence", async () => {
  const called: string[] = [];
  const api = new Proxy({}, { get: (_, name) => () => void called.push(String(name)) });
  const context = {
    library: { api },
    out: (_: string, call: (slot: unknown) => unknown) => call(0),
    call: () => {},
    turn: () => Promise.reject(new DOMException("far enough", "OperationError")),
  } as unknown as NativeContext;

  await loadNativeGraph(context, "model.onnx", { threads: 1 }).catch(() => undefined);

  expect(called).toContain("DisableMemPattern");
  expect(called.at(-1)).toBe("ReleaseSessionOptions");
});

test("bytes that native memory has no room for are a limit, and nothing stays allocated", async () => {
  const allocated = new Set<bigint>();
  const koffi = {
    alloc(type: string): bigint {
      if (type === "uint8_t") throw new DOMException("no memory", "OperationError");
      const pointer = BigInt(allocated.size + 1);
      allocated.add(pointer);
      return pointer;
    },
    free: (pointer: bigint) => allocated.delete(pointer),
  };
  const api = new Proxy({}, { get: () => () => null }); // every call succeeds
  // Only what is called here is there.
  const context = {
    library: { koffi, api },
    device: { append: () => {} },
    out: () => 1n,
    call: () => {},
    turn: (task: () => unknown) => task(),
  } as unknown as NativeContext;

  const loading = loadNativeGraph(context, new Uint8Array(8), { threads: 1 });

  await expect(loading).rejects.toMatchObject({ code: "ERR_LIMIT", details: { requested: 8 } });
  expect(allocated.size).toBe(0);
});

test("a session whose graph is refused goes in the device's turn, off the main thread", async () => {
  const calls: string[] = [];
  let isTurn = false;
  const note = (name: string): void => void calls.push(isTurn ? `${name} in turn` : name);
  const koffi = { alloc: () => 1n, free: () => {}, decode: () => 7n };
  const asynchronous = (name: string) => ({
    async: (...parameters: readonly unknown[]) => {
      note(`${name}.async`);
      (parameters.at(-1) as (error: unknown, status: null) => void)(null, null);
    },
  });
  const known: Readonly<Record<string, unknown>> = {
    CreateSession: asynchronous("CreateSession"),
    ReleaseSession: Object.assign(() => note("ReleaseSession"), asynchronous("ReleaseSession")),
  };
  const api = new Proxy({}, { get: (_, name) => known[String(name)] ?? (() => null) });
  // Only what is called here is there.
  const context = {
    library: { koffi, api },
    device: { append: () => {} },
    out(subject: string): bigint {
      if (subject === "inputs") throw new DOMException("they are strings", "OperationError");
      return 1n;
    },
    call: () => {},
    async turn<T>(task: () => Promise<T>): Promise<T> {
      isTurn = true;
      return task().finally(() => {
        isTurn = false;
      });
    },
  } as unknown as NativeContext;

  const loading = loadNativeGraph(context, "model.onnx", { threads: 1 });

  await expect(loading).rejects.toThrow("they are strings");
  expect(calls).toEqual(["CreateSession.async in turn", "ReleaseSession.async in turn"]);
});
