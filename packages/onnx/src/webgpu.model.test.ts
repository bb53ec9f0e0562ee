/**
 * The contracts on WebGPU, wherever an adapter answers: a graphics card's, or SwiftShader's (`tools/swiftshader.sh`). In a
 * file of its own, which is a process of its own: a driver that crashes takes no other test along.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isPalaverError, type Runtime, type TensorType } from "@palaver/core";
import { decoderContract, runtimeContract } from "@palaver/core/testing";
import { describeSharedData } from "@palaver/test-data";
import { afterAll, describe, expect, test } from "vitest";
import { openDecoder } from "./decoder/open-decoder.ts";
import { type OpenedRuntime, openRuntime } from "./open-runtime.ts";
import { growingDecoderGraph, sharedDecoderGraph } from "./testing/small-decoder.ts";
import { addGraph, appendGraph, copyGraph, reshapeGraph } from "./testing/small-graphs.ts";
import { SMALL_DECODER } from "./testing/small-weights.ts";
import { BEGIN_OF_TEXT, greedyIds, openStories, readStory, STORIES_DATA, writeStories } from "./testing/stories.ts";

const GRAPHS = { shared: sharedDecoderGraph(), growing: growingDecoderGraph({ masked: false }) };
// Pieces of 4 tokens, so that the contract's prompts are prefilled in several runs.
const OPTIONS = { contextTokens: SMALL_DECODER.contextTokens, prefillTokens: 4 };
const COPY_TYPES: readonly TensorType[] = ["float32", "int32", "uint32", "int64", "bool"];

/** Cases of the runtime's contract that this device does not keep, with the reason. */
const NOT_KEPT: Readonly<Record<string, string>> = {
  "attention appends to its cache in place":
    "a tensor of the computer's memory is copied to the device and back whole; caches are device tensors there",
};

const webgpu = await openWebgpu();

if (typeof webgpu === "string") test.skip(`graphs on WebGPU: skipped, ${webgpu}`, () => {});
else testsOn(webgpu);

// --- internal ---

/** The runtime, or why there is none. */
async function openWebgpu(): Promise<OpenedRuntime | string> {
  try {
    return await openRuntime({ device: "webgpu", threads: 1 });
  } catch (error) {
    if (isPalaverError(error, "ERR_UNSUPPORTED")) return error.message;
    throw error;
  }
}

function testsOn(runtime: OpenedRuntime): void {
  const { deviceTensor } = runtime;
  afterAll(() => runtime.close());

  describe("the runtime on webgpu", () => {
    const make = () => openRuntime({ device: "webgpu", threads: 1 });
    const graphs = {
      add: addGraph(),
      copy: copyGraph(COPY_TYPES),
      copyTypes: COPY_TYPES,
      reshape: reshapeGraph(),
      append: appendGraph(16),
    };
    for (const { name, run } of runtimeContract(make, graphs)) {
      const reason = NOT_KEPT[name];
      if (reason === undefined) test(name, run);
      else test.skip(`${name}: skipped, ${reason}`, run);
    }
  });

  for (const [form, graph] of Object.entries(GRAPHS)) {
    describe(`a ${form} cache on webgpu`, () => {
      for (const { name, run } of decoderContract(() => openDecoder(runtime, graph, OPTIONS))) test(name, run);
    });
  }

  test("it says where it runs", () => {
    expect(runtime).toMatchObject({ driver: "native", device: "webgpu", passedOver: [] });
  });

  test("a device tensor carries numbers from run to run and shows none of them", async () => {
    const session = await runtime.load(addGraph());
    const state = deviceTensor!("float32", [2]);
    const [a, b] = [floats(runtime, [1, 2]), floats(runtime, [10, 20])];

    await session.run({ a, b }, { sum: state });
    await session.run({ a: state, b }, { sum: state });
    const { sum } = await session.run({ a: state, b }, { sum: null });

    expect([...sum!.data]).toEqual([31, 62]);
    expect(() => state.data).toThrow(expect.objectContaining({ code: "ERR_UNSUPPORTED" }));
    state.close();
    await expect(session.run({ a: state, b }, { sum: null })).rejects.toMatchObject({ code: "ERR_CLOSED" });
    await session.close();
  });

  test("device tensors of shapes that make no sense are refused", () => {
    for (const shape of [[0], [-1], [1.5]]) {
      const make = () => deviceTensor!("float32", shape);
      expect(make, `${shape}`).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
    }
    const endless = () => deviceTensor!("float32", [2 ** 30, 2 ** 30]);
    expect(endless).toThrow(expect.objectContaining({ code: "ERR_LIMIT" }));
  });

  test("two runtimes on the device work at the same time", async () => {
    const other = await openRuntime({ device: "webgpu", threads: 1 });
    try {
      const said = await Promise.all([runtime, other].map((opened) => babble(opened, GRAPHS.shared)));

      expect(said[1]).toEqual(said[0]);
    } finally {
      await other.close();
    }
  });

  test.each(Object.entries(GRAPHS))("greedy decoding with a %s cache says what the CPU says", async (_, graph) => {
    const cpu = await openRuntime({ device: "cpu", threads: 1 });
    try {
      const expected = await babble(cpu, graph);

      const said = await babble(runtime, graph);

      expect(said).toEqual(expected);
      expect(new Set(said).size).toBeGreaterThan(1);
    } finally {
      await cpu.close();
    }
  });

  describeSharedData("stories260K on webgpu", STORIES_DATA, (checkpoint, reference) => {
    test("greedy decoding gives the beginning of the published story", async () => {
      const folder = await mkdtemp(join(tmpdir(), "palaver-onnx-"));
      try {
        await writeStories(checkpoint!, folder);
        const expected = (await readStory(reference!)).slice(0, 32); // a software adapter takes its time
        const decoder = await openStories(runtime, folder);

        const ids = await greedyIds(decoder, BEGIN_OF_TEXT, expected.length);

        expect(ids).toEqual(expected);
        await decoder.close();
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });
}

function floats(runtime: Runtime, values: readonly number[]): ReturnType<Runtime["tensor"]> {
  return runtime.tensor("float32", [values.length], Float32Array.from(values));
}

/** What the small decoder says by itself. */
async function babble(runtime: Runtime, graph: Uint8Array): Promise<number[]> {
  const decoder = await openDecoder(runtime, graph, OPTIONS);
  try {
    return await greedyIds(decoder, 1, 30);
  } finally {
    await decoder.close();
  }
}
