/** What a format's reader promises about any bytes at all, for the tests that damage files by the thousand. */

import { PalaverError } from "@palaver/core";
import { mutant } from "@palaver/test-data/mutant";
import { dequantize } from "../dequantize.ts";
import { encodeOnnx } from "../encode-onnx.ts";
import { parseGguf } from "../parse-gguf.ts";
import { parseOnnx } from "../parse-onnx.ts";
import { parseSafetensors } from "../parse-safetensors.ts";
import { type ByteRange, readTensor } from "../read-tensor.ts";
import { guardedSource } from "./guarded-source.ts";
import { outcome } from "./outcome.ts";

/** A reader under attack. */
export interface HostileFormat {
  readonly name: string;
  /** Reads everything in the file; throws anything but a refusal when what it was told was a lie. */
  readonly readAll: (bytes: Uint8Array) => Promise<void>;
}

/** How mutants ended. */
export interface HostileReport {
  readonly accepted: number;
  readonly refused: number;
  readonly slowestMs: number;
}

export const hostileSafetensors: HostileFormat = {
  name: "safetensors",
  async readAll(bytes) {
    const source = guardedSource(bytes);
    const { tensors } = await parseSafetensors(source);
    let covered = 0;
    for (const tensor of tensors.values()) {
      checkInside(tensor, bytes);
      covered += (await readTensor(source, tensor)).byteLength;
    }
    // Header and tensors are the whole file, each byte once.
    check(source.bytesRead === bytes.byteLength, `${source.bytesRead} of ${bytes.byteLength} bytes are covered`);
    check(covered <= bytes.byteLength, "the tensors overlap");
  },
};

export const hostileGguf: HostileFormat = {
  name: "GGUF",
  async readAll(bytes) {
    const source = guardedSource(bytes);
    const { tensors } = await parseGguf(source);
    check(source.bytesRead <= 2 * bytes.byteLength, `${source.bytesRead} bytes were read of ${bytes.byteLength}`);
    const used = new Uint8Array(bytes.byteLength);
    for (const tensor of tensors.values()) {
      checkInside(tensor, bytes);
      const data = await readTensor(source, tensor);
      const span = used.subarray(tensor.offset, tensor.offset + data.byteLength);
      check(!span.includes(1), "two tensors overlap");
      span.fill(1);
      const count = tensor.shape.reduce((product, dimension) => product * dimension, 1);
      await outcome(() => dequantize(tensor.type, data, count));
    }
  },
};

export const hostileOnnx: HostileFormat = {
  name: "ONNX",
  async readAll(bytes) {
    // The bytes lie in the middle of a buffer of ones: a read beyond them would show up in names and data.
    const buffer = new Uint8Array(bytes.byteLength + 64).fill(1);
    buffer.set(bytes, 32);
    const model = parseOnnx(buffer.subarray(32, 32 + bytes.byteLength));
    const again = encodeOnnx(model);
    const copy = encodeOnnx(parseOnnx(again));
    check(equal(again, copy), "the model changes when it is written and read");
    check(equal(again, encodeOnnx(parseOnnx(bytes))), "the model depends on what lies around it");
  },
};

export interface AttackOptions {
  /** The first seed. */
  readonly from: number;
  readonly count: number;
  /** A clock, in milliseconds. */
  readonly now: () => number;
}

/** Reads mutants of the files, one for each seed. @throws whatever a reader throws that is not a refusal */
export async function attack(
  { name, readAll }: HostileFormat,
  files: readonly Uint8Array[],
  { from, count, now }: AttackOptions,
): Promise<HostileReport> {
  let [accepted, refused, slowestMs] = [0, 0, 0];
  for (let seed = from; seed < from + count; seed++) {
    const bytes = mutant(files[seed % files.length]!, seed);
    const start = now();
    try {
      if (typeof (await outcome(() => readAll(bytes))) === "string") refused++;
      else accepted++;
    } catch (cause) {
      throw new PalaverError("ERR_RUNTIME", `${name}: the mutant of seed ${seed} broke its reader`, { cause });
    }
    slowestMs = Math.max(slowestMs, now() - start);
  }
  return { accepted, refused, slowestMs };
}

// --- internal ---

function check(holds: boolean, message: string): void {
  if (!holds) throw new PalaverError("ERR_RUNTIME", message);
}

// Checked here, because reading it would refuse as well and pass for a refusal of the file.
function checkInside({ offset, byteLength }: ByteRange, bytes: Uint8Array): void {
  check(offset >= 0 && byteLength >= 0 && offset + byteLength <= bytes.byteLength, `${byteLength} bytes at ${offset}`);
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
