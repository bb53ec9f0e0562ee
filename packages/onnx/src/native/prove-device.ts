/**
 * Lets a device prove itself: a prompt and two tokens through a decoder's layer in small, over caches that lie where a decoder's would,
 * against what the CPU gives. So a device that leaves attention to the CPU, or does not see what was written in place, is found out.
 */

import { PalaverError, type TensorType } from "@palaver/core";
import { zerosGraph } from "../decoder/copy-graphs.ts";
import { loadNativeGraph } from "./load-native-graph.ts";
import { NativeContext } from "./native-context.ts";
import { NATIVE_DEVICES } from "./native-device.ts";
import type { NativeGraph } from "./native-graph.ts";
import type { NativeLibrary } from "./native-library.ts";
import { createDeviceTensor, createNativeTensor, type NativeBacking } from "./native-tensor.ts";
import type { Pointer } from "./ort-api.ts";
import { PROBE, probeGraph, probeNumbers } from "./probe-graph.ts";

/** Keys and values. */
export type ProbeCaches = readonly [keys: NativeBacking, values: NativeBacking];

/**
 * Runs the probe, which is loaded on the context's device, over caches in the memory of `allocator`, or in the computer's.
 * @throws ERR_RUNTIME if the device computes wrongly; what ONNX Runtime said
 */
export async function proveDevice(
  context: NativeContext,
  probe: NativeGraph,
  allocator: Pointer | undefined,
): Promise<void> {
  const expected = await probeCpu(context.library);
  const caches = probeCaches(() =>
    allocator === undefined
      ? createNativeTensor(context, "float32", CACHE_SHAPE)
      : createDeviceTensor(context, allocator, "float32", CACHE_SHAPE),
  );
  try {
    if (allocator !== undefined) await fillWithZeros(context, caches);
    requireAlike(await runProbe(context, probe, caches), expected);
  } finally {
    for (const cache of caches) cache.free();
  }
}

/** What the probe gives on the CPU. */
export async function probeCpu(library: NativeLibrary): Promise<number[][]> {
  const context = new NativeContext(library, NATIVE_DEVICES.cpu);
  try {
    const probe = await loadNativeGraph(context, probeGraph(), { threads: 1 });
    const caches = probeCaches(() => createNativeTensor(context, "float32", CACHE_SHAPE));
    try {
      return await runProbe(context, probe, caches);
    } finally {
      for (const cache of caches) cache.free();
      await probe.free();
    }
  } finally {
    context.free();
  }
}

/** What the probe gives at each step, over caches of zeros that it updates in place. */
export async function runProbe(
  context: NativeContext,
  probe: Pick<NativeGraph, "run">,
  [keys, values]: ProbeCaches,
): Promise<number[][]> {
  const results: number[][] = [];
  let total = 0;
  for (const tokens of STEPS) {
    total += tokens;
    const x = Float32Array.from(probeNumbers(tokens * PROBE.width, total), (number) => 2 * number - 1);
    const inputs = {
      x: filled(context, "float32", [1, tokens, PROBE.width], x),
      seqlens_k: filled(context, "int32", [1], [total - 1]),
      total_sequence_length: filled(context, "int32", [], [total]),
    };
    const attended = createNativeTensor(context, "float32", [1, tokens, PROBE.attended]);
    try {
      const past = [["past_key", keys] as const, ["past_value", values] as const];
      const present = [["present_key", keys] as const, ["present_value", values] as const];
      await probe.run([...Object.entries(inputs), ...past], [["attended", attended], ...present]);
      results.push(Array.from(attended.view(false), Number));
    } finally {
      for (const backing of [...Object.values(inputs), attended]) backing.free();
    }
  }
  return results;
}

/** @throws ERR_RUNTIME with the first number that is another */
export function requireAlike(results: readonly (readonly number[])[], expected: readonly (readonly number[])[]): void {
  for (const [step, numbers] of expected.entries()) {
    for (const [i, number] of numbers.entries()) {
      const given = results[step]?.[i] ?? Number.NaN;
      if (Math.abs(given - number) <= TOLERANCE) continue; // false for what is no number, too
      const message = `it computes a decoder's attention wrongly: step ${step + 1} of ${expected.length} gave ${given} at ${i}, the CPU ${number}`;
      throw new PalaverError("ERR_RUNTIME", message, { details: { step, index: i, given, expected: number } });
    }
  }
}

// --- internal ---

/** Tokens of each step: a prompt into an empty cache, then one behind what is there, twice. */
const STEPS = [2, 1, 1] as const;

const CACHE_SHAPE = [1, 1, PROBE.capacity, PROBE.headDim] as const;

// Products with 4-bit weights may round activations to 8 bits, elsewhere than the CPU does: below 0.01 for these numbers. Attention that
// misses a token is off by 0.1 and more.
const TOLERANCE = 0.04;

function probeCaches(make: () => NativeBacking): ProbeCaches {
  const keys = make();
  try {
    return [keys, make()];
  } catch (error) {
    keys.free();
    throw error;
  }
}

/** As a decoder does: what a device hands out may be no numbers. */
async function fillWithZeros(context: NativeContext, caches: ProbeCaches): Promise<void> {
  const zeros = await loadNativeGraph(context, zerosGraph("float32", CACHE_SHAPE.length), { threads: 1 });
  const shape = createNativeTensor(context, "int64", [CACHE_SHAPE.length]);
  try {
    for (const [i, size] of CACHE_SHAPE.entries()) shape.view(false)[i] = BigInt(size);
    for (const cache of caches) await zeros.run([["shape", shape]], [["target", cache]]);
  } finally {
    shape.free();
    await zeros.free();
  }
}

function filled(
  context: NativeContext,
  type: TensorType,
  shape: readonly number[],
  numbers: ArrayLike<number>,
): NativeBacking {
  const backing = createNativeTensor(context, type, shape);
  const data = backing.view(false);
  for (let i = 0; i < numbers.length; i++) data[i] = numbers[i]!;
  return backing;
}
