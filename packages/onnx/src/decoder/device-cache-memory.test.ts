import { PalaverError, type Runtime } from "@palaver/core";
import { decoderContract } from "@palaver/core/testing";
import { afterAll, describe, expect, test } from "vitest";
import { openRuntime } from "../open-runtime.ts";
import { growingDecoderGraph, SMALL_DECODER, sharedDecoderGraph } from "../testing/small-decoder.ts";
import { openDecoder } from "./open-decoder.ts";

const OPTIONS = { contextTokens: SMALL_DECODER.contextTokens, prefillTokens: 4 };
const GRAPHS = { shared: sharedDecoderGraph(), growing: growingDecoderGraph() };

const cpu = await openRuntime({ driver: "native", device: "cpu", threads: 1 });
afterAll(() => cpu.close());

/** The CPU with memory that counts as a device's own, and is as dirty as a device's may be. */
function deviceRuntime(load: Runtime["load"] = (source, options) => cpu.load(source, options)): Runtime {
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
  const failing = deviceRuntime(async (source, options) => {
    loads += 1;
    if (loads === 3) throw new PalaverError("ERR_RUNTIME", "the device is full");
    return cpu.load(source, options);
  });
  const decoder = await openDecoder(failing, GRAPHS.shared, OPTIONS);
  const cache = decoder.createCache();
  await decoder.step([{ cache, tokens: [1, 2, 3] }]);

  const fork = cache.fork();

  await expect(decoder.step([{ cache: fork, tokens: [4] }])).rejects.toMatchObject({ code: "ERR_RUNTIME" });
  const [logits] = await decoder.step([{ cache, tokens: [4] }]);
  expect(logits!.every(Number.isFinite)).toBe(true);
  await decoder.close();
});
