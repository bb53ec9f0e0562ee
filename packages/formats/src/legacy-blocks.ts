/**
 * ggml's blocks of 32 elements with one scale: layouts after `block_q4_0` and its neighbours and
 * `dequantize_row_q4_0` and so on in https://github.com/ggml-org/ggml (src/ggml-common.h, src/ggml-quants.c).
 * Four-bit blocks keep element j in the low half of byte j and element j + 16 in the high half; five-bit blocks keep
 * the fifth bits of all 32 elements in one little-endian word. Each function fills `values` from whole blocks.
 */

import { float16Values } from "./float16.ts";

/** scale (2), 16 bytes: value = scale * (q - 8). */
export function unpackQ40(bytes: Uint8Array, values: Float32Array): void {
  const halves = float16Values();
  for (let at = 0, out = 0; out < values.length; at += 18, out += 32) {
    const scale = halves[bytes[at]! | (bytes[at + 1]! << 8)]!;
    for (let j = 0; j < 16; j++) {
      const pair = bytes[at + 2 + j]!;
      values[out + j] = ((pair & 15) - 8) * scale;
      values[out + j + 16] = ((pair >> 4) - 8) * scale;
    }
  }
}

/** scale (2), minimum (2), 16 bytes: value = scale * q + minimum. */
export function unpackQ41(bytes: Uint8Array, values: Float32Array): void {
  const halves = float16Values();
  for (let at = 0, out = 0; out < values.length; at += 20, out += 32) {
    const scale = halves[bytes[at]! | (bytes[at + 1]! << 8)]!;
    const minimum = halves[bytes[at + 2]! | (bytes[at + 3]! << 8)]!;
    for (let j = 0; j < 16; j++) {
      const pair = bytes[at + 4 + j]!;
      values[out + j] = (pair & 15) * scale + minimum;
      values[out + j + 16] = (pair >> 4) * scale + minimum;
    }
  }
}

/** scale (2), fifth bits (4), 16 bytes: value = scale * (q - 16). */
export function unpackQ50(bytes: Uint8Array, values: Float32Array): void {
  const halves = float16Values();
  for (let at = 0, out = 0; out < values.length; at += 22, out += 32) {
    const scale = halves[bytes[at]! | (bytes[at + 1]! << 8)]!;
    const fifth = wordAt(bytes, at + 2);
    for (let j = 0; j < 16; j++) {
      const pair = bytes[at + 6 + j]!;
      values[out + j] = ((pair & 15) + ((fifth >>> j) & 1) * 16 - 16) * scale;
      values[out + j + 16] = ((pair >> 4) + ((fifth >>> (j + 16)) & 1) * 16 - 16) * scale;
    }
  }
}

/** scale (2), minimum (2), fifth bits (4), 16 bytes: value = scale * q + minimum. */
export function unpackQ51(bytes: Uint8Array, values: Float32Array): void {
  const halves = float16Values();
  for (let at = 0, out = 0; out < values.length; at += 24, out += 32) {
    const scale = halves[bytes[at]! | (bytes[at + 1]! << 8)]!;
    const minimum = halves[bytes[at + 2]! | (bytes[at + 3]! << 8)]!;
    const fifth = wordAt(bytes, at + 4);
    for (let j = 0; j < 16; j++) {
      const pair = bytes[at + 8 + j]!;
      values[out + j] = ((pair & 15) + ((fifth >>> j) & 1) * 16) * scale + minimum;
      values[out + j + 16] = ((pair >> 4) + ((fifth >>> (j + 16)) & 1) * 16) * scale + minimum;
    }
  }
}

/** scale (2), 32 signed bytes: value = scale * q. */
export function unpackQ80(bytes: Uint8Array, values: Float32Array): void {
  const halves = float16Values();
  for (let at = 0, out = 0; out < values.length; at += 34, out += 32) {
    const scale = halves[bytes[at]! | (bytes[at + 1]! << 8)]!;
    for (let j = 0; j < 32; j++) values[out + j] = ((bytes[at + 2 + j]! << 24) >> 24) * scale;
  }
}

// --- internal ---

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}
