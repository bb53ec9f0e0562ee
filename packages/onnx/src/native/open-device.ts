/**
 * Finds out whether a device works by letting it work: a small graph that the CPU may not touch. What a driver or a
 * list of providers claims says little; this says whether a graph loads there, runs, and is right.
 */

import { PalaverError } from "@palaver/core";
import { encodeOnnx } from "@palaver/formats";
import type { NativeContext } from "./native-context.ts";
import { loadNativeGraph, type NativeGraph } from "./native-graph.ts";
import { createNativeTensor } from "./native-tensor.ts";
import type { Pointer } from "./ort-api.ts";

/** A device that works. */
export interface OpenDevice {
  /** For tensors in the device's memory; undefined where it has none of its own. */
  readonly allocator: Pointer | undefined;
  /** Called once, when every graph and tensor is freed. */
  free(): Promise<void>;
}

/** Opens the context's device. @throws what ONNX Runtime said; ERR_RUNTIME if the device computes wrongly */
export async function openDevice(context: NativeContext): Promise<OpenDevice> {
  const probe = await loadNativeGraph(context, probeGraph(), { threads: 1, deviceOnly: true });
  try {
    await runProbe(context, probe);
    const { memory } = context.device;
    if (memory === undefined) return { allocator: undefined, free: () => probe.free() };
    return await deviceMemory(context, probe, memory);
  } catch (error) {
    await probe.free();
    throw error;
  }
}

// --- internal ---

// OrtDeviceAllocator, device 0, OrtMemTypeDefault
const MEMORY = [0, 0, 0] as const;

const SHAPE = [2, 2] as const;
const INPUT = [1, 2, 3, 4];
const EXPECTED = [7, 10, 15, 22]; // INPUT as a matrix, times itself

/** `y = x * x` as matrices, float32 (2, 2): an operation that every provider has. */
function probeGraph(): Uint8Array {
  const info = { type: "float32", shape: SHAPE } as const;
  return encodeOnnx({
    irVersion: 8,
    producer: "palaver",
    opsets: { "": 17 },
    graph: {
      name: "probe",
      inputs: [{ name: "x", ...info }],
      outputs: [{ name: "y", ...info }],
      initializers: [],
      nodes: [{ op: "MatMul", inputs: ["x", "x"], outputs: ["y"] }],
    },
  });
}

async function runProbe(context: NativeContext, probe: NativeGraph): Promise<void> {
  const x = createNativeTensor(context, "float32", SHAPE);
  const y = createNativeTensor(context, "float32", SHAPE);
  try {
    for (const [i, number] of INPUT.entries()) x.view(false)[i] = number;
    await probe.run([["x", x]], [["y", y]]);
    const result = Array.from(y.view(false), Number);
    // 16-bit hardware may round; these numbers are exact there too.
    if (result.every((number, i) => Math.abs(number - EXPECTED[i]!) < 0.01)) return;
    throw new PalaverError("ERR_RUNTIME", `it multiplies matrices wrongly: (${result}) for (${EXPECTED})`);
  } finally {
    x.free();
    y.free();
  }
}

async function deviceMemory(context: NativeContext, probe: NativeGraph, name: string): Promise<OpenDevice> {
  const { api } = context.library;
  const info = context.out("device memory", (slot) => api.CreateMemoryInfo(name, ...MEMORY, slot));
  try {
    const create = async (): Promise<Pointer> =>
      context.out("device allocator", (slot) => api.CreateAllocator(probe.session, info, slot));
    const allocator = await context.turn(create);
    return {
      allocator,
      async free() {
        await context.turn(async () => api.ReleaseAllocator(allocator));
        await probe.free(); // last: the allocator is the session's
      },
    };
  } finally {
    api.ReleaseMemoryInfo(info);
  }
}
