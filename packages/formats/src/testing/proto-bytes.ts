/** Protobuf put together by hand, so that it may be wrong. */

import { joined } from "./joined.ts";

/** A number of any width as a varint, without end when it is too wide. */
export function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Uint8Array.of(...bytes, Number(rest));
}

/** A field: a varint for a bigint, length-delimited for everything else. */
export function field(number: number, content: bigint | string | Uint8Array): Uint8Array {
  if (typeof content === "bigint") return joined(varint(BigInt(number * 8)), varint(content));
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return joined(varint(BigInt(number * 8 + 2)), varint(BigInt(bytes.length)), bytes);
}
