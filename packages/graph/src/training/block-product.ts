import type { Tape, Value } from "./tape.ts";

/** A matrix `(out, in)` in blocks of 32 elements of 4 bits: codes uint8 `(out, in / 32, 16)`, scales `(out, in / 32)`. */
export interface BlockWeights {
  readonly codes: Value;
  readonly scales: Value;
}

/** Elements that share a scale. */
export const BLOCK = 32;

/**
 * `y = x W^T`, W read only; dx = dy W. W is widened twice, each time for one product, so that it is never kept: the
 * table for the way back hangs on dy, or the runtime would see that both are the same and widen once.
 */
export function blockProduct(tape: Tape, x: Value, weights: BlockWeights): Value {
  const width = weights.scales.shape[0]!;
  const table = pairTable(tape);
  const wide = widen(tape, weights, { table, indices: "int32" });
  const y = tape.apply("Gemm", [x, wide], [x.shape[0]!, width], { transB: 1 });
  tape.record([x], y, (dy) =>
    tape.accumulate(x, (sum) => {
      const again = widen(tape, weights, { table: tape.after(table, dy), indices: "int64" });
      return tape.apply("Gemm", sum === undefined ? [dy, again] : [dy, again, sum], x.shape);
    }),
  );
  return y;
}

// --- internal ---

// `TensorProto.DataType`. Indices of another type are another value to the runtime as well, so that it keeps neither.
const INDEX_TYPES = { int32: 6, int64: 7 } as const;

// The two elements that each byte stands for, before their scale; the low half is the first.
function pairTable(tape: Tape): Value {
  const values = Float32Array.from({ length: 512 }, (_, i) => (i % 2 === 0 ? (i >> 1) & 15 : i >> 5) - 8);
  return tape.constant("code_pairs", "float32", [256, 2], values);
}

// Looks both elements of a byte up at once: five times as fast as the runtime's own lookup of blocks.
function widen(
  tape: Tape,
  { codes, scales }: BlockWeights,
  { table, indices }: { readonly table: Value; readonly indices: keyof typeof INDEX_TYPES },
): Value {
  const [rows, blocks] = scales.shape as [number, number];
  const shape = [rows, blocks, BLOCK];
  const bytes = tape.apply("Cast", [codes], codes.shape, { to: INDEX_TYPES[indices] });
  const pairs = tape.apply("Gather", [table, bytes], [rows, blocks, BLOCK / 2, 2], { axis: 0 });
  const elements = tape.apply("Mul", [tape.view(pairs, shape), tape.view(scales, [rows, blocks, 1])], shape);
  return tape.view(elements, [rows, blocks * BLOCK]);
}
