import { type OnnxNode, parseOnnx } from "@palaver/formats";
import { randomWeights, writeDecoder } from "@palaver/graph";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomConfig } from "../testing/random-decoder.ts";
import { loadNativeGraph } from "./load-native-graph.ts";
import { NativeContext } from "./native-context.ts";
import { NATIVE_DEVICES } from "./native-device.ts";
import type { NativeGraph } from "./native-graph.ts";
import { findNativeLibrary, loadNativeLibrary, type NativeLibrary } from "./native-library.ts";
import { createNativeTensor } from "./native-tensor.ts";
import { openDevice } from "./open-device.ts";
import { PROBE, probeGraph } from "./probe-graph.ts";
import { type ProbeCaches, probeCpu, proveDevice, requireAlike, runProbe } from "./prove-device.ts";

let library: NativeLibrary;
let context: NativeContext;
let probe: NativeGraph;

beforeAll(async () => {
  library = await loadNativeLibrary(findNativeLibrary());
  context = new NativeContext(library, NATIVE_DEVICES.cpu);
  probe = await loadNativeGraph(context, probeGraph(), { threads: 1 });
}, 60_000);

afterAll(async () => {
  await probe.free();
  context.free();
});

test("the probe is made of what imports are made of", async () => {
  const imported = await writeDecoder(randomConfig, randomWeights(randomConfig, 1), {
    quantize: "q4",
    sink: { write: async () => {} },
    externalName: "data",
  });
  const [nodes, own] = [imported, probeGraph()].map((bytes) => parseOnnx(bytes).graph.nodes);
  const sizes = new Set(["K", "N", "num_heads", "kv_num_heads"]);

  for (const op of ["MatMulNBits", "GroupQueryAttention"]) {
    const [wanted, given] = [nodes, own].map((list) => find(list!, op));
    expect(given!.domain).toBe(wanted!.domain);
    expect(given!.inputs.map((name) => name !== "")).toEqual(wanted!.inputs.map((name) => name !== ""));
    for (const [name, attribute] of Object.entries(given!.attributes ?? {})) {
      if (!sizes.has(name)) expect(attribute, name).toEqual(wanted!.attributes?.[name]);
    }
  }
});

test("the CPU proves itself", async () => {
  await expect(proveDevice(context, probe, undefined)).resolves.toBeUndefined();
});

test("a device that does not see what it wrote in place is found out at the first token behind the prompt", async () => {
  const expected = await probeCpu(library);
  // As one that takes tensors of the computer's memory to itself and back whole: what lies there is never more than one step's.
  const forgetful: Pick<NativeGraph, "run"> = {
    async run(feeds, fetches) {
      const fresh = makeCaches();
      try {
        const isCache = (name: string): boolean => /key|value/.test(name);
        const at = (name: string): number => (name.endsWith("key") ? 0 : 1);
        return await probe.run(
          feeds.map(([name, backing]) => [name, isCache(name) ? fresh[at(name)]! : backing]),
          fetches.map(([name, backing]) => [name, isCache(name) ? fresh[at(name)]! : backing]),
        );
      } finally {
        for (const cache of fresh) cache.free();
      }
    },
  };

  const results = await withCaches((caches) => runProbe(context, forgetful, caches));

  const details = expect.objectContaining({ step: 1 });
  const compared = () => requireAlike(results, expected);
  expect(compared).toThrow(expect.objectContaining({ code: "ERR_RUNTIME", details }));
  expect(compared).toThrow(/attention wrongly: step 2 of 3/);
});

test("numbers that are off by more than rounding, missing or none are told", () => {
  requireAlike([[1, 2]], [[1.01, 1.99]]);

  for (const results of [[[1.1, 2]], [[Number.NaN, 2]], [[1]], []]) {
    expect(() => requireAlike(results, [[1, 2]]), JSON.stringify(results)).toThrow(
      expect.objectContaining({ code: "ERR_RUNTIME" }),
    );
  }
});

test("a device that leaves attention to the CPU is refused in words that say so", async () => {
  const idle = new NativeContext(library, { name: "coreml", append: () => {}, install: "" });

  const opening = openDevice(idle);

  await expect(opening).rejects.toMatchObject({ code: "ERR_UNSUPPORTED" });
  await expect(opening).rejects.toThrow(/leaves GroupQueryAttention over float32 caches or MatMulNBits to the CPU/);
  idle.free();
});

// --- internal ---

function find(nodes: readonly OnnxNode[], op: string): OnnxNode {
  return nodes.find((node) => node.op === op)!; // both graphs have one
}

function makeCaches(): ProbeCaches {
  const make = () => createNativeTensor(context, "float32", [1, 1, PROBE.capacity, PROBE.headDim]);
  return [make(), make()];
}

async function withCaches<T>(body: (caches: ProbeCaches) => Promise<T>): Promise<T> {
  const caches = makeCaches();
  try {
    return await body(caches);
  } finally {
    for (const cache of caches) cache.free();
  }
}
