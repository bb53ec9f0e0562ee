/**
 * 16-bit floats as their bits: IEEE 754 binary16, and bfloat16, the upper half of a binary32. Narrowing rounds to the
 * nearest value, ties to even; what is too large becomes infinite, and a NaN stays one.
 */

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

let table: Float32Array | undefined;

/** The value of each of the 65,536 bit patterns of binary16, as one shared table: conversion is a look-up. */
export function float16Values(): Float32Array {
  table ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => float16Value(bits));
  return table;
}

/** Widens binary16 bits. */
export function float16ToFloat32(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const values = float16Values();
  const wide = new Float32Array(bits.length);
  for (let i = 0; i < wide.length; i++) wide[i] = values[bits[i]!]!;
  return wide;
}

/** Widens bfloat16 bits. */
export function bfloat16ToFloat32(bits: Uint16Array): Float32Array {
  const wide = new Uint32Array(bits.length);
  for (let i = 0; i < wide.length; i++) wide[i] = bits[i]! << 16;
  return new Float32Array(wide.buffer);
}

/** Narrows to binary16 bits. */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const narrow = new Uint16Array(values.length);
  for (let i = 0; i < narrow.length; i++) narrow[i] = float16Bits(values[i]!);
  return narrow;
}

/** Narrows to bfloat16 bits. */
export function float32ToBfloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const narrow = new Uint16Array(bits.length);
  for (let i = 0; i < narrow.length; i++) {
    const wide = bits[i]!;
    // Rounding could carry a NaN into infinity, so it keeps its upper half and becomes quiet.
    const notANumber = (wide & 0x7fffffff) > 0x7f800000;
    narrow[i] = notANumber ? (wide >>> 16) | 0x40 : (wide + 0x7fff + ((wide >>> 16) & 1)) >>> 16;
  }
  return narrow;
}

/** The binary16 bits nearest to a float32 value. */
export function float16Bits(value: number): number {
  scratch[0] = value;
  const bits = scratchBits[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // From 65,520 on the nearest value would be 65,536, which is infinity here.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Below 2^-14: 0.5 has the unit 2^-24, that of the subnormal numbers, so adding it rounds as wanted.
    scratch[0] = Math.abs(value) + 0.5;
    return sign | (scratchBits[0]! - 0x3f000000);
  }
  // The exponent's bias falls from 127 to 15, and 13 bits of the fraction are rounded off.
  return sign | ((magnitude - (112 << 23) + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

// --- internal ---

function float16Value(bits: number): number {
  const sign = bits >= 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
