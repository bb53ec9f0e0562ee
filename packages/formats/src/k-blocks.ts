/**
 * ggml's "k" blocks of 256 elements in parts of 32 (16 for Q6_K), each part with its own small scale: layouts after
 * `block_q4_K` and its neighbours and `dequantize_row_q4_K` and so on in https://github.com/ggml-org/ggml
 * (src/ggml-common.h, src/ggml-quants.c). All products are exact in a double, and float32 keeps them (Q6_K needs 23
 * bits), so the one rounding is that of the last subtraction, as in ggml.
 */

import { float16Values } from "./float16.ts";

/** scale (2), scale of minima (2), 8 pairs of 6 bits (12), 4 x 32 bytes: value = scale * s * q - minimum * m. */
export function unpackQ4K(bytes: Uint8Array, values: Float32Array): void {
  const halves = float16Values();
  for (let at = 0, out = 0; out < values.length; at += 144) {
    const scale = halves[bytes[at]! | (bytes[at + 1]! << 8)]!;
    const minimum = halves[bytes[at + 2]! | (bytes[at + 3]! << 8)]!;
    for (let part = 0; part < 8; part++, out += 32) {
      const step = scale * partScale(bytes, at + 4, part);
      const low = minimum * partMinimum(bytes, at + 4, part);
      const quants = at + 16 + 32 * (part >> 1);
      const shift = 4 * (part & 1);
      for (let l = 0; l < 32; l++) values[out + l] = step * ((bytes[quants + l]! >> shift) & 15) - low;
    }
  }
}

/** As Q4_K, with 32 bytes of fifth bits before the quants: bit `part` of byte l belongs to element l of that part. */
export function unpackQ5K(bytes: Uint8Array, values: Float32Array): void {
  const halves = float16Values();
  for (let at = 0, out = 0; out < values.length; at += 176) {
    const scale = halves[bytes[at]! | (bytes[at + 1]! << 8)]!;
    const minimum = halves[bytes[at + 2]! | (bytes[at + 3]! << 8)]!;
    for (let part = 0; part < 8; part++, out += 32) {
      const step = scale * partScale(bytes, at + 4, part);
      const low = minimum * partMinimum(bytes, at + 4, part);
      const quants = at + 48 + 32 * (part >> 1);
      const shift = 4 * (part & 1);
      for (let l = 0; l < 32; l++) {
        const fifth = (bytes[at + 16 + l]! >> part) & 1;
        values[out + l] = step * (((bytes[quants + l]! >> shift) & 15) + 16 * fifth) - low;
      }
    }
  }
}

/**
 * low four bits (128), high two bits (64), 16 signed scales (16), scale (2): value = scale * s * (q - 32).
 * Each half of 128 elements has four runs of 32: runs 0 and 1 in the low halves of its 64 bytes, 2 and 3 in the high.
 */
export function unpackQ6K(bytes: Uint8Array, values: Float32Array): void {
  const halves = float16Values();
  for (let at = 0, out = 0; out < values.length; at += 210) {
    const scale = halves[bytes[at + 208]! | (bytes[at + 209]! << 8)]!;
    for (let run = 0; run < 8; run++, out += 32) {
      const lows = at + 64 * (run >> 2) + 32 * (run & 1);
      const highs = at + 128 + 32 * (run >> 2);
      const scales = at + 192 + 2 * run;
      const lowShift = 2 * (run & 2);
      const highShift = 2 * (run & 3);
      for (let l = 0; l < 32; l++) {
        const low = (bytes[lows + l]! >> lowShift) & 15;
        const high = (bytes[highs + l]! >> highShift) & 3;
        const step = scale * ((bytes[scales + (l >> 4)]! << 24) >> 24);
        values[out + l] = step * (low + 16 * high - 32);
      }
    }
  }
}

// --- internal ---

// Twelve bytes hold 8 scales and 8 minima of 6 bits (`get_scale_min_k4`): the first four of each are the low six bits of
// bytes 0 to 3 and 4 to 7; the last four have their low bits in bytes 8 to 11 and their high two bits above the first.
function partScale(bytes: Uint8Array, at: number, part: number): number {
  if (part < 4) return bytes[at + part]! & 63;
  return (bytes[at + part + 4]! & 15) | ((bytes[at + part - 4]! >> 6) << 4);
}

function partMinimum(bytes: Uint8Array, at: number, part: number): number {
  if (part < 4) return bytes[at + part + 4]! & 63;
  return (bytes[at + part + 4]! >> 4) | ((bytes[at + part]! >> 6) << 4);
}
