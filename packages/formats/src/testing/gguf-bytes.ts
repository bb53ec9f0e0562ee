import { ByteWriter } from "../byte-writer.ts";

/** A number of 64 bits, or bytes as they are. */
export type GgufPart = { readonly u32: number } | { readonly u64: bigint } | { readonly text: string } | Uint8Array;

/** A GGUF file put together by hand: the given counts, then any parts, then zeros. */
export function ggufBytes(
  { version = 3, tensors = 0n, entries = 0n, zeros = 0 }: GgufHead,
  ...parts: readonly GgufPart[]
): Uint8Array {
  const writer = new ByteWriter();
  for (const part of [{ u32: 0x46554747 }, { u32: version }, { u64: tensors }, { u64: entries }, ...parts]) {
    if (part instanceof Uint8Array) writer.bytes(part);
    else if ("u32" in part) writer.uint32(part.u32);
    else if ("u64" in part) writer.uint64(part.u64);
    else writer.string(part.text);
  }
  writer.bytes(new Uint8Array(zeros));
  return writer.finish();
}

export interface GgufHead {
  /** Default: 3. */
  readonly version?: number;
  /** Claimed tensors. Default: 0. */
  readonly tensors?: bigint;
  /** Claimed metadata entries. Default: 0. */
  readonly entries?: bigint;
  /** Zero bytes at the end. Default: 0. */
  readonly zeros?: number;
}

/** The parts of a tensor's description, innermost dimension first as in the file. */
export function ggufTensor(name: string, dimensions: readonly bigint[], type: number, offset: bigint): GgufPart[] {
  return [
    { text: name },
    { u32: dimensions.length },
    ...dimensions.map((u64) => ({ u64 })),
    { u32: type },
    { u64: offset },
  ];
}
