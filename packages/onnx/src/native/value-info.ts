import { PalaverError, type TensorType, type ValueInfo } from "@palaver/core";
import { tensorTypeOf } from "../tensor-type.ts";
import type { NativeContext } from "./native-context.ts";
import type { Pointer } from "./ort-api.ts";

/** The type and shape of a tensor that exists. @throws ERR_UNSUPPORTED for types that have no typed array */
export function readTensorInfo(
  context: NativeContext,
  value: Pointer,
): { readonly type: TensorType; readonly shape: readonly number[] } {
  const { api } = context.library;
  const isTensor = context.out("output", (slot) => api.IsTensor(value, slot));
  if (isTensor === 0n) throw new PalaverError("ERR_UNSUPPORTED", "an output is a sequence or a map, not a tensor");
  const info = context.out("output", (slot) => api.GetTensorTypeAndShape(value, slot));
  try {
    return { type: readType(context, info, "output"), shape: readDimensions(context, info) };
  } finally {
    api.ReleaseTensorTypeAndShapeInfo(info);
  }
}

/** A graph's inputs or outputs. @throws ERR_UNSUPPORTED */
export function readValueInfos(context: NativeContext, session: Pointer, side: "input" | "output"): ValueInfo[] {
  const { api } = context.library;
  const [count, name, typeInfo] =
    side === "input"
      ? [api.SessionGetInputCount, api.SessionGetInputName, api.SessionGetInputTypeInfo]
      : [api.SessionGetOutputCount, api.SessionGetOutputName, api.SessionGetOutputTypeInfo];
  const length = Number(context.out(`${side}s`, (slot) => count(session, slot)));
  return Array.from({ length }, (_, index) => {
    const text = takeString(
      context,
      context.out(side, (slot) => name(session, index, context.allocator, slot)),
    );
    const info = context.out(`${side} ${text}`, (slot) => typeInfo(session, index, slot));
    try {
      return { name: text, ...readGraphType(context, info, `${side} ${text}`) };
    } finally {
      api.ReleaseTypeInfo(info);
    }
  });
}

// --- internal ---

function takeString(context: NativeContext, pointer: Pointer): string {
  const { api, koffi } = context.library;
  const text = koffi.decode.string(pointer);
  context.call("name", api.AllocatorFree(context.allocator, pointer));
  return text;
}

function readGraphType(context: NativeContext, typeInfo: Pointer, subject: string): Omit<ValueInfo, "name"> {
  const { api, koffi } = context.library;
  // Belongs to typeInfo; null where the value is no tensor.
  const info = context.out(subject, (slot) => api.CastTypeInfoToTensorInfo(typeInfo, slot));
  if (info === 0n) throw new PalaverError("ERR_UNSUPPORTED", `${subject} is a sequence or a map, not a tensor`);
  const type = readType(context, info, subject);
  const sizes = readDimensions(context, info);
  const names = new BigUint64Array(Math.max(sizes.length, 1));
  context.call(subject, api.GetSymbolicDimensions(info, koffi.address(names), sizes.length));
  return { type, shape: sizes.map((size, axis) => (size >= 0 ? size : koffi.decode.string(names[axis]!))) };
}

function readType(context: NativeContext, info: Pointer, subject: string): TensorType {
  const code = Number(context.out(subject, (slot) => context.library.api.GetTensorElementType(info, slot)));
  const type = tensorTypeOf(code);
  if (type !== undefined) return type;
  throw new PalaverError("ERR_UNSUPPORTED", `${subject} has element type ${code} of ONNX, which has no typed array`);
}

/** Sizes; -1 where a size is not fixed. */
function readDimensions(context: NativeContext, info: Pointer): number[] {
  const { api, koffi } = context.library;
  const rank = Number(context.out("rank", (slot) => api.GetDimensionsCount(info, slot)));
  const dimensions = new BigInt64Array(Math.max(rank, 1));
  context.call("shape", api.GetDimensions(info, koffi.address(dimensions), rank));
  return Array.from(dimensions.subarray(0, rank), Number);
}
