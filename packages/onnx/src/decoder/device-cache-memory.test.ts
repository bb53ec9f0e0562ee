import { PalaverError, type Runtime, type RuntimeTensor } from "@palaver/core";
import { decoderContract } from "@palaver/core/testing";
import { afterAll, describe, expect, test } from "vitest";
import { openRuntime } from "../open-runtime.ts";
import { growingDecoderGraph, sharedDecoderGraph } from "../testing/small-decoder.ts";
import { POISON_TOKEN, SMALL_DECODER } from "../testing/small-weights.ts";
import { cacheLayout } from "./cache-layout.ts";
import { cacheMemory } from "./cache-memory.ts";
import { openDecoder } from "./open-decoder.ts";

const OPTIONS = { contextTokens: SMALL_DECODER.contextTokens, prefillTokens: 4 };
const GRAPHS = { shared: sharedDecoderGraph(), growing: growingDecoderGraph() };

const cpu = await openRuntime({ driver: "native", device: "cpu", threads: 1 });
afterAll(() => cpu.close());

interface DeviceRuntimeOptions {
  readonly load?: Runtime["load"];
  /** Gets each tensor that is made on the device. */
  readonly onTensor?: (tensor: RuntimeTensor) => void;
}

/** The CPU with memory that counts as a device's own, and is as dirty as a device's may be. */
function deviceRuntime(options: DeviceRuntimeOptions = {}): Runtime {
  const { load = (source, loadOptions) => cpu.load(source, loadOptions), onTensor } = options;
  return {
    driver: cpu.driver,
    device: "memory of its own",
    version: cpu.version,
    threads: cpu.threads,
    load,
    tensor: (type, shape, data) => cpu.tensor(type, shape, data),
    deviceTensor(type, shape) {
      const tensor = cpu.tensor(type, shape);
      (tensor.data as Float32Array).fill(Number.NaN); // the small decoders' caches are float32
      onTensor?.(tensor);
      return tensor;
    },
    close: () => cpu.close(),
  };
}

for (const [form, graph] of Object.entries(GRAPHS)) {
  describe(`a ${form} cache in memory that only graphs reach`, () => {
    for (const { name, run } of decoderContract(() => openDecoder(deviceRuntime(), graph, OPTIONS))) test(name, run);
  });
}

test("a copy that fails is told by the steps of the copy and leaves the original alone", async () => {
  let loads = 0;
  // The decoder's own graph is the first, the zeros of its caches the second, the copy the third.
  const failing = deviceRuntime({
    async load(source, options) {
      loads += 1;
      if (loads === 3) throw new PalaverError("ERR_RUNTIME", "the device is full");
      return cpu.load(source, options);
    },
  });
  const decoder = await openDecoder(failing, GRAPHS.shared, OPTIONS);
  const cache = decoder.createCache();
  await decoder.step([{ cache, tokens: [1, 2, 3] }]);

  const fork = cache.fork();

  await expect(decoder.step([{ cache: fork, tokens: [4] }])).rejects.toMatchObject({ code: "ERR_RUNTIME" });
  const [logits] = await decoder.step([{ cache, tokens: [4] }]);
  expect(logits!.every(Number.isFinite)).toBe(true);
  const [again] = await decoder.step([{ cache: cache.fork(), tokens: [4] }]);
  expect(again!.every(Number.isFinite)).toBe(true);
  await decoder.close();
});

test("what a broken step left behind the length is gone before the next step", async () => {
  const tensors: RuntimeTensor[] = [];
  const runtime = deviceRuntime({ onTensor: (tensor) => tensors.push(tensor) });
  const decoder = await openDecoder(runtime, sharedDecoderGraph({ poisoned: true }), OPTIONS);
  const [cache, other] = [decoder.createCache(), decoder.createCache()];
  await decoder.step([{ cache, tokens: [1, 2, 3] }]);

  const broken = decoder.step([{ cache, tokens: [5, POISON_TOKEN] }]);

  await expect(broken).rejects.toMatchObject({ code: "ERR_RUNTIME" });
  const [logits] = await decoder.step([{ cache, tokens: [4] }]); // overwrites the first of the two places only
  const open = tensors.filter(isOpen);
  expect(open).toHaveLength(4); // keys and values of two caches
  for (const { data } of open) expect((data as Float32Array).every(Number.isFinite)).toBe(true);
  const [expected] = await decoder.step([{ cache: other, tokens: [1, 2, 3, 4] }]);
  for (const [i, logit] of logits!.entries()) expect(logit).toBeCloseTo(expected![i]!, 4);
  await decoder.close();
});

test("a copy has zeros where its source is behind the length", async () => {
  const layout = cacheLayout({ name: "past", type: "float32", shape: [1, 2, "positions", 1] }, "present", {});
  const memory = cacheMemory(deviceRuntime(), [layout]);
  const state = memory.allocate(4);
  await state.ready();
  (state.tensors[0]!.data as Float32Array).set([1, 2, 3, Number.NaN, 4, 5, 6, Number.NaN]);

  const copy = memory.copy(state, 2, 4);
  await copy.ready();

  expect([...copy.tensors[0]!.data]).toEqual([1, 2, 0, 0, 4, 5, 0, 0]);
  for (const each of [state, copy]) each.release();
  await memory.close();
});

// --- internal ---

function isOpen(tensor: RuntimeTensor): boolean {
  try {
    return tensor.data.length > 0;
  } catch {
    return false;
  }
}
