import { PalaverError, type TensorType } from "@palaver/core";
import type { Backing, NewTensor } from "../driver.ts";
import { allocateTensor, shapeSize, type TensorMemory } from "../tensor-memory.ts";
import { TENSOR_TYPES } from "../tensor-type.ts";
import type { NativeContext } from "./native-context.ts";
import type { Pointer } from "./ort-api.ts";
import { readTensorInfo } from "./value-info.ts";

/** An OrtValue and the memory below it. */
export interface NativeBacking extends Backing {
  /** The OrtValue. Read it for each run: a first look at an output replaces it. */
  readonly value: Pointer;
}

/** A zeroed tensor over memory of JavaScript. */
export function createNativeTensor(context: NativeContext, type: TensorType, shape: readonly number[]): NativeBacking {
  const memory = allocateTensor(type, shape);
  const { length } = memory.data;
  const value = valueOver(context, memory, type, shape);
  return {
    value,
    view: () => memory.data,
    isLost: () => memory.data.length < length,
    free: () => {
      context.library.api.ReleaseValue(value);
      memory.free();
    },
  };
}

/**
 * An output that ONNX Runtime allocated. Its memory stays there while nobody looks (a cache that becomes the next
 * input is never copied); the first look moves it to JavaScript's, because a view of foreign memory would outlive it.
 */
export function adoptNativeTensor(context: NativeContext, pointer: Pointer): NewTensor<NativeBacking> {
  const { api, koffi } = context.library;
  const { type, shape } = readTensorInfo(context, pointer);
  const length = shapeSize(shape);
  let value = pointer;
  let memory: TensorMemory | undefined;
  /** Copies bytes from where ONNX Runtime has them. */
  const copyBytes = (target: Uint8Array, start: number): void => {
    if (target.length === 0) return;
    const source = context.out("tensor data", (slot) => api.GetTensorMutableData(value, slot));
    target.set(new Uint8Array(koffi.view(source + BigInt(start), target.length)));
  };
  const move = (): TensorMemory => {
    const moved = allocateTensor(type, shape);
    copyBytes(moved.bytes.subarray(0, moved.data.byteLength), 0);
    const own = valueOver(context, moved, type, shape);
    api.ReleaseValue(value);
    value = own;
    return moved;
  };
  const backing: NativeBacking = {
    get value() {
      return value;
    },
    view(busy) {
      if (memory === undefined && busy) {
        throw new PalaverError("ERR_INVALID_ARGUMENT", "a run is using this output: look at it when the run has ended");
      }
      memory ??= move();
      return memory.data;
    },
    isLost: () => memory !== undefined && memory.data.length < length,
    copyTo(target, start) {
      if (start + target.length > length) {
        const message = `an output of ${length} elements has none at ${start + target.length - 1}`;
        throw new PalaverError("ERR_INVALID_ARGUMENT", message);
      }
      const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
      const from = start * target.BYTES_PER_ELEMENT;
      if (memory === undefined) copyBytes(bytes, from);
      else bytes.set(memory.bytes.subarray(from, from + bytes.length));
    },
    free() {
      api.ReleaseValue(value);
      memory?.free();
    },
  };
  return { backing, type, shape };
}

/** A tensor in the device's memory, of undefined content. It is made at its first run, when the device may be used. */
export function createDeviceTensor(
  context: NativeContext,
  allocator: Pointer,
  type: TensorType,
  shape: readonly number[],
): NativeBacking {
  const { api, koffi } = context.library;
  const dimensions = BigInt64Array.from(shapeSize(shape) === 0 ? refuseEmpty(shape) : shape, BigInt);
  let made: Pointer | undefined;
  return {
    get value() {
      made ??= context.out(`tensor of (${shape}) on ${context.device.name}`, (slot) =>
        api.CreateTensorAsOrtValue(allocator, koffi.address(dimensions), shape.length, TENSOR_TYPES[type].code, slot),
      );
      return made;
    },
    view() {
      const message = `the tensor lies in the memory of ${context.device.name}: let a run write it into a tensor of this computer's memory`;
      throw new PalaverError("ERR_UNSUPPORTED", message);
    },
    isLost: () => false,
    free() {
      const value = made;
      if (value !== undefined) void context.turn(async () => api.ReleaseValue(value));
    },
  };
}

// --- internal ---

function refuseEmpty(shape: readonly number[]): never {
  throw new PalaverError("ERR_INVALID_ARGUMENT", `a tensor on a device needs at least one element, got (${shape})`);
}

function valueOver(context: NativeContext, memory: TensorMemory, type: TensorType, shape: readonly number[]): Pointer {
  const { api, koffi } = context.library;
  const dimensions = BigInt64Array.from(shape.length === 0 ? [0] : shape, BigInt);
  // The address stays: the memory is no longer on V8's moving heap once it has a buffer of its own.
  const address = koffi.address(memory.bytes);
  const { byteLength } = memory.data;
  const { code } = TENSOR_TYPES[type];
  return context.out(`tensor of (${shape})`, (slot) =>
    api.CreateTensorWithDataAsOrtValue(
      context.memoryInfo,
      address,
      byteLength,
      koffi.address(dimensions),
      shape.length,
      code,
      slot,
    ),
  );
}
