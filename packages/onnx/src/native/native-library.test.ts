import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { openRuntime } from "../open-runtime.ts";
import { addGraph } from "../testing/small-graphs.ts";
import { findNativeLibrary, loadNativeLibrary } from "./native-library.ts";

test("the library stays loaded when nothing but its functions is held", async () => {
  // Nothing else in this process has loaded ONNX Runtime, and no thread of its own pins it: were its handle
  // collected, the next call would be a crash.
  const runtime = await openRuntime({ driver: "native", threads: 1 });
  const session = await runtime.load(addGraph());
  const x = runtime.tensor("float32", [1], Float32Array.of(1));

  for (let round = 0; round < 5; round++) {
    collectGarbage();
    await session.run({ a: x, b: x }, { sum: x });
  }

  expect(x.data[0]).toBe(32);
  await runtime.close();
});

test("a path is loaded once, also by callers at the same time", async () => {
  const path = findNativeLibrary();

  const [first, second] = await Promise.all([loadNativeLibrary(path), loadNativeLibrary(path)]);

  expect(second).toBe(first);
});

test("a failed load is tried again by the next call", async () => {
  const first = await loadNativeLibrary("/no/such/library").catch((error: unknown) => error);
  const second = await loadNativeLibrary("/no/such/library").catch((error: unknown) => error);

  expect(first).toMatchObject({ code: "ERR_NOT_FOUND" });
  expect(second).not.toBe(first);
});

// --- internal ---

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}
