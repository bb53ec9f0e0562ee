import type { NativeContext } from "./native-context.ts";
import type { Pointer } from "./ort-api.ts";

/** A copy in native memory that nobody can move, change or detach while another thread reads it; the caller frees it. */
export function copyToNative({ library: { koffi } }: NativeContext, source: Uint8Array): Pointer {
  const pointer: Pointer = koffi.alloc("uint8_t", Math.max(source.byteLength, 1));
  if (source.byteLength > 0) new Uint8Array(koffi.view(pointer, source.byteLength)).set(source);
  return pointer;
}
