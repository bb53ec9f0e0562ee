/**
 * Finds out whether a device works by letting it work: a small graph of a decoder's operations that the CPU may not touch. What a driver
 * or a list of providers claims says little; this says whether such a graph loads there, runs, and is right.
 */

import { isPalaverError, PalaverError } from "@palaver/core";
import { loadNativeGraph } from "./load-native-graph.ts";
import type { NativeContext } from "./native-context.ts";
import type { NativeGraph } from "./native-graph.ts";
import type { Pointer } from "./ort-api.ts";
import { probeGraph } from "./probe-graph.ts";
import { proveDevice } from "./prove-device.ts";

/** A device that works. */
export interface OpenDevice {
  /** For tensors in the device's memory; undefined where it has none of its own. */
  readonly allocator: Pointer | undefined;
  /** Called once, when every graph and tensor is freed. */
  free(): Promise<void>;
}

/**
 * Opens the context's device. @throws what ONNX Runtime said; ERR_UNSUPPORTED if the device leaves a decoder's operations to the CPU,
 * ERR_RUNTIME if it computes wrongly
 */
export async function openDevice(context: NativeContext): Promise<OpenDevice> {
  const probe = await loadProbe(context);
  let device: OpenDevice;
  try {
    device = await openMemory(context, probe);
  } catch (error) {
    await probe.free();
    throw error;
  }
  try {
    await proveDevice(context, probe, device.allocator);
    return device;
  } catch (error) {
    await device.free();
    throw error;
  }
}

// --- internal ---

// OrtDeviceAllocator, device 0, OrtMemTypeDefault
const MEMORY = [0, 0, 0] as const;

async function loadProbe(context: NativeContext): Promise<NativeGraph> {
  try {
    return await loadNativeGraph(context, probeGraph(), { threads: 1, deviceOnly: true });
  } catch (error) {
    if (!isPalaverError(error) || !/fallback to CPU EP/i.test(error.message)) throw error;
    const message = `it leaves GroupQueryAttention over float32 caches or MatMulNBits to the CPU, and each token's cache would cross over: ${error.message}`;
    throw new PalaverError("ERR_UNSUPPORTED", message, { cause: error });
  }
}

/** The device's own memory, where it has some. The probe's graph stays open for it. */
async function openMemory(context: NativeContext, probe: NativeGraph): Promise<OpenDevice> {
  const { memory } = context.device;
  if (memory === undefined) return { allocator: undefined, free: () => probe.free() };
  const { api } = context.library;
  const info = context.out("device memory", (slot) => api.CreateMemoryInfo(memory, ...MEMORY, slot));
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
