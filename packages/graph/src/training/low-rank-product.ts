import { linearProduct } from "./linear-product.ts";
import type { Tape, Value } from "./tape.ts";

/** A change of a matrix that has a low rank: `scale B A`, A `(rank, in)`, B `(out, rank)`. */
export interface LowRank {
  readonly a: Value;
  readonly b: Value;
  readonly scale: number;
}

/**
 * `y = base + scale (x A^T) B^T` (LoRA, https://arxiv.org/abs/2106.09685). With z = x A^T: dbase = dy, dB = scale dy^T z,
 * dz = scale dy B.
 */
export function lowRankProduct(tape: Tape, base: Value, x: Value, { a, b, scale }: LowRank): Value {
  const z = linearProduct(tape, x, a);
  const alpha = { float: scale };
  const y = tape.apply("Gemm", [z, b, base], base.shape, { transB: 1, alpha });
  tape.record([base, z, b], y, (dy) => {
    tape.accumulate(b, (sum) =>
      tape.apply("Gemm", sum === undefined ? [dy, z] : [dy, z, sum], b.shape, { transA: 1, alpha }),
    );
    tape.accumulate(z, (sum) => tape.apply("Gemm", sum === undefined ? [dy, b] : [dy, b, sum], z.shape, { alpha }));
    tape.contribute(base, () => dy);
  });
  return y;
}
