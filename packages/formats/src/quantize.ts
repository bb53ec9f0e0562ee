/**
 * Quantization to ggml's two plain formats, step by step in float32 as `quantize_row_q4_0_ref` and
 * `quantize_row_q8_0_ref` of https://github.com/ggml-org/ggml (src/ggml-quants.c) do, so that the bytes agree.
 */

import { PalaverError } from "@palaver/core";
import { float16Bits } from "./float16.ts";

const BLOCK = 32;

/**
 * Blocks of 18 bytes for 32 elements: the element of largest magnitude becomes -8, the others follow its scale.
 * @throws ERR_INVALID_ARGUMENT when the length is no multiple of 32, or a value is not finite or beyond float16's range
 */
export function quantizeQ4_0(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(blockCount(values) * 18);
  for (let at = 0, start = 0; start < values.length; at += 18, start += BLOCK) {
    const scale = Math.fround(largest(values, start) / -8);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    writeScale(bytes, at, scale);
    for (let j = 0; j < 16; j++) {
      const low = q4(values[start + j]!, inverse);
      const high = q4(values[start + j + 16]!, inverse);
      bytes[at + 2 + j] = low | (high << 4);
    }
  }
  return bytes;
}

/**
 * Blocks of 34 bytes for 32 elements: the element of largest magnitude becomes 127 or -127.
 * @throws ERR_INVALID_ARGUMENT when the length is no multiple of 32, or a value is not finite or beyond float16's range
 */
export function quantizeQ8_0(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(blockCount(values) * 34);
  for (let at = 0, start = 0; start < values.length; at += 34, start += BLOCK) {
    const scale = Math.fround(Math.abs(largest(values, start)) / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    writeScale(bytes, at, scale);
    for (let j = 0; j < BLOCK; j++) bytes[at + 2 + j] = roundAwayFromZero(Math.fround(values[start + j]! * inverse));
  }
  return bytes;
}

// --- internal ---

function blockCount(values: Float32Array): number {
  if (values.length % BLOCK !== 0) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `${values.length} values are no whole number of blocks of ${BLOCK}`);
  }
  return values.length / BLOCK;
}

// The first element of largest magnitude, with its sign.
function largest(values: Float32Array, start: number): number {
  let found = 0;
  for (let i = start; i < start + BLOCK; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) throw new PalaverError("ERR_INVALID_ARGUMENT", `value ${i} is ${value}`);
    if (Math.abs(value) > Math.abs(found)) found = value;
  }
  return found;
}

function writeScale(bytes: Uint8Array, at: number, scale: number): void {
  const bits = float16Bits(scale);
  if ((bits & 0x7c00) === 0x7c00) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `the block's scale ${scale} is beyond float16's 65504`);
  }
  bytes[at] = bits & 0xff;
  bytes[at + 1] = bits >> 8;
}

// 8.5 moves -8..7 to 0.5..15.5, so that truncating rounds; the cap is for +8, the opposite of the largest.
function q4(value: number, inverse: number): number {
  return Math.min(15, Math.trunc(Math.fround(Math.fround(value * inverse) + 8.5)));
}

// C's roundf; Math.round would take -0.5 to -0.
function roundAwayFromZero(value: number): number {
  return value < 0 ? -Math.floor(0.5 - value) : Math.floor(value + 0.5);
}
