import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { allocateTensor } from "../tensor-memory.ts";
import { loadPortableGraph, type OrtModule, portableBacking } from "./portable-graph.ts";

// A binding of the kind that is to come: what it gives is right, and preallocated outputs are left alone.
const copyingModule = {
  ...ort,
  InferenceSession: {
    create: async () => ({
      inputMetadata: [{ name: "x", isTensor: true, type: "float32", shape: [2] }],
      outputMetadata: [{ name: "y", isTensor: true, type: "float32", shape: [2] }],
      run: async () => ({ y: new ort.Tensor("float32", Float32Array.of(3, 4), [2]) }),
      release: async () => {},
    }),
  },
  // Only what the driver calls is there.
} as unknown as OrtModule;

test("where the binding does not write in place, outputs are copied to where they were wanted", async () => {
  const target = portableBacking(ort, "float32", [2], allocateTensor("float32", [2]));
  const view = target.view(false);

  for (const writesInPlace of [true, false]) {
    const graph = await loadPortableGraph(copyingModule, new Uint8Array(1), { threads: 1, writesInPlace });
    await graph.run([["x", target]], [["y", target]]);

    expect([...view]).toEqual(writesInPlace ? [0, 0] : [3, 4]);
  }
});

test("no memory patterns are planned: they double what a training takes, and are kept for each length of a sequence", async () => {
  const given: unknown[] = [];
  const create = async (_: unknown, options: unknown): Promise<never> => {
    given.push(options);
    throw new DOMException("far enough", "OperationError");
  };

  await loadPortableGraph({ ...ort, InferenceSession: { create } } as unknown as OrtModule, "model.onnx", {
    threads: 1,
    writesInPlace: true,
  }).catch(() => undefined);

  expect(given).toMatchObject([{ enableMemPattern: false, intraOpNumThreads: 1 }]);
});

test("memory that ran out in a load is a limit and no bad file", async () => {
  const create = async (): Promise<never> => {
    throw new DOMException("std::bad_alloc", "OperationError");
  };
  const failingModule = { ...ort, InferenceSession: { create } } as unknown as OrtModule;

  const loading = loadPortableGraph(failingModule, new Uint8Array(1), { threads: 1, writesInPlace: true });

  await expect(loading).rejects.toMatchObject({ code: "ERR_LIMIT" });
});

test("types that the binding lacks are refused", () => {
  const memory = allocateTensor("bfloat16", [1]);

  expect(() => portableBacking(ort, "bfloat16", [1], memory)).toThrow(
    expect.objectContaining({ code: "ERR_UNSUPPORTED" }),
  );
});
