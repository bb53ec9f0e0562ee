/**
 * Matrices in the form of `MatMulNBits` (ONNX Runtime's contributed operators): each row in blocks of `block`
 * elements, each block with one float32 scale; an element is `(code - 2^(bits - 1)) * scale`. At 4 bits the low half
 * of a byte is the even element. A row that does not fill its last block ends in zeros.
 */

import { float16ToFloat32 } from "@palaver/formats";
import type { WeightType } from "./weight-type.ts";

/** Bits of an element and elements of a block. */
export interface BlockForm {
  readonly bits: 4 | 8;
  readonly block: number;
}

/** Rows in block form: codes `(rows, blocks, block * bits / 8)` and scales `(rows, blocks)`. */
export interface BlockRows {
  readonly codes: Uint8Array;
  readonly scales: Float32Array;
}

/** Blocks of a row. */
export function blocksPerRow(columns: number, { block }: BlockForm): number {
  return Math.ceil(columns / block);
}

/** Bytes of a row's codes. */
export function codeBytesPerRow(columns: number, form: BlockForm): number {
  return blocksPerRow(columns, form) * ((form.block * form.bits) / 8);
}

/** The block form that a checkpoint's own blocks have already; undefined for other types. */
export function nativeBlockForm(type: WeightType): BlockForm | undefined {
  if (type === "Q4_0") return { bits: 4, block: 32 };
  return type === "Q8_0" ? { bits: 8, block: 32 } : undefined;
}

/** A checkpoint's Q4_0 or Q8_0 blocks in this form. Nothing is lost: both widen to the same numbers. */
export function repackBlocks(type: "Q4_0" | "Q8_0", source: Uint8Array): BlockRows {
  return type === "Q4_0" ? repackQ4(source) : repackQ8(source);
}

/**
 * Shares of the scale that fits a block's largest element, of which 4 bits take the one with the smallest error. Of
 * normal numbers in blocks of 128 that leaves 6 % less error than the first alone; more shares leave 0.5 % less.
 */
const Q4_SHARES = [1, 0.92, 0.84];

/**
 * Rounds rows of `columns` elements to blocks. A block's scale maps its element of largest magnitude to the end of
 * the range; at 4 bits in blocks above 32 it may be smaller, where that brings the block closer. Blocks of 32 are
 * llama.cpp's Q4_0 and Q8_0.
 */
export function quantizeRows(values: Float32Array, columns: number, form: BlockForm): BlockRows {
  const rows = values.length / columns;
  const blocks = blocksPerRow(columns, form);
  const codes = new Uint8Array(rows * codeBytesPerRow(columns, form)).fill(form.bits === 4 ? 0x88 : 0x80);
  const scales = new Float32Array(rows * blocks);
  for (let i = 0; i < scales.length; i++) {
    const row = Math.floor(i / blocks);
    const start = (i - row * blocks) * form.block;
    const part = values.subarray(row * columns + start, row * columns + Math.min(start + form.block, columns));
    scales[i] = form.bits === 4 && form.block > 32 ? closestScale(part) : blockScale(part, form.bits);
    if (scales[i] === 0) continue;
    const at = i * ((form.block * form.bits) / 8);
    if (form.bits === 4) encodeQ4(part, scales[i]!, codes, at);
    else encodeQ8(part, scales[i]!, codes, at);
  }
  return { codes, scales };
}

/** The numbers that rows in block form stand for, `(rows, columns)`. */
export function widenBlocks({ codes, scales }: BlockRows, columns: number, form: BlockForm): Float32Array {
  const blocks = blocksPerRow(columns, form);
  const rows = scales.length / blocks;
  const values = new Float32Array(rows * columns);
  const bytes = codeBytesPerRow(columns, form);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const scale = scales[row * blocks + Math.floor(column / form.block)]!;
      const code = codes[row * bytes + Math.floor((column * form.bits) / 8)]!;
      const element = form.bits === 8 ? code - 128 : (column & 1 ? code >> 4 : code & 15) - 8;
      values[row * columns + column] = element * scale;
    }
  }
  return values;
}

// --- internal ---

// ggml: byte j of a block holds element j in its low half and element j + 16 in its high half.
function repackQ4(source: Uint8Array): BlockRows {
  const codes = new Uint8Array((source.length / 18) * 16);
  for (let from = 2, to = 0; from < source.length; from += 18, to += 16) {
    for (let j = 0; j < 8; j++) {
      const even = source[from + 2 * j]!;
      const odd = source[from + 2 * j + 1]!;
      codes[to + j] = (even & 15) | ((odd & 15) << 4);
      codes[to + 8 + j] = (even >> 4) | (odd & 0xf0);
    }
  }
  return { codes, scales: repackScales(source, 18) };
}

function repackQ8(source: Uint8Array): BlockRows {
  const codes = new Uint8Array((source.length / 34) * 32);
  for (let from = 2, to = 0; from < source.length; from += 34, to += 32) {
    // Flipping the sign bit adds 128 to a signed byte.
    for (let j = 0; j < 32; j++) codes[to + j] = source[from + j]! ^ 0x80;
  }
  return { codes, scales: repackScales(source, 34) };
}

// Each block begins with its scale, a float16.
function repackScales(source: Uint8Array, blockBytes: number): Float32Array {
  const bits = new Uint16Array(source.length / blockBytes);
  for (let block = 0; block < bits.length; block++) {
    bits[block] = source[block * blockBytes]! | (source[block * blockBytes + 1]! << 8);
  }
  return float16ToFloat32(bits);
}

// At 4 bits the range is -8 to 7, so the extreme takes the side that reaches 8.
function blockScale(part: Float32Array, bits: 4 | 8): number {
  let extreme = 0;
  for (const value of part) if (Math.abs(value) > Math.abs(extreme)) extreme = value;
  if (extreme === 0) return 0;
  return bits === 4 ? extreme / -8 : Math.abs(extreme) / 127;
}

function closestScale(part: Float32Array): number {
  const full = blockScale(part, 4);
  let closest = full;
  let least = Number.POSITIVE_INFINITY;
  for (const share of Q4_SHARES) {
    const scale = full * share;
    let error = 0;
    for (let i = 0; i < part.length && error < least; i++) {
      error += (part[i]! - Math.min(7, Math.max(-8, Math.round(part[i]! / scale))) * scale) ** 2;
    }
    if (error < least) [closest, least] = [scale, error];
  }
  return closest;
}

function encodeQ4(part: Float32Array, scale: number, codes: Uint8Array, at: number): void {
  for (let i = 0; i < part.length; i++) {
    const code = Math.min(15, Math.max(0, Math.round(part[i]! / scale) + 8));
    const byte = at + (i >> 1);
    codes[byte] = i & 1 ? (codes[byte]! & 0x0f) | (code << 4) : (codes[byte]! & 0xf0) | code;
  }
}

function encodeQ8(part: Float32Array, scale: number, codes: Uint8Array, at: number): void {
  for (let i = 0; i < part.length; i++) {
    codes[at + i] = Math.min(255, Math.max(1, Math.round(part[i]! / scale) + 128));
  }
}
