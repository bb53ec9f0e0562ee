import { expect, test } from "vitest";
import type { NativeContext } from "./native-context.ts";
import { loadNativeGraph } from "./native-graph.ts";

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
