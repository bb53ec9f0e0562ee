import { PalaverError } from "@palaver/core";
import { bfloat16ToFloat32, float16ToFloat32 } from "./float16.ts";

/** Float types that safetensors and GGUF have in common. */
export type FloatType = "F32" | "F16" | "BF16";

/**
 * The elements of a little-endian float tensor, in new memory.
 * @throws ERR_UNSUPPORTED for another type, ERR_INVALID_ARGUMENT when the bytes are no whole number of elements
 */
export function toFloat32(type: string, bytes: Uint8Array): Float32Array {
  if (!isFloatType(type)) {
    throw new PalaverError("ERR_UNSUPPORTED", `${type} is not converted to float32, only F32, F16 and BF16 are`, {
      details: { type },
    });
  }
  const width = type === "F32" ? 4 : 2;
  if (bytes.byteLength % width !== 0) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `${bytes.byteLength} bytes are no whole number of ${type} elements`);
  }
  if (type === "F32") return new Float32Array(new Uint8Array(bytes).buffer);
  const bits = uint16View(bytes);
  return type === "F16" ? float16ToFloat32(bits) : bfloat16ToFloat32(bits);
}

// --- internal ---

function isFloatType(type: string): type is FloatType {
  return type === "F32" || type === "F16" || type === "BF16";
}

// A typed array cannot start at an odd byte, so such bytes are copied.
function uint16View(bytes: Uint8Array): Uint16Array {
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 2);
}
