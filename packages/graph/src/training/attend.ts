import type { MaskBlock } from "./attention-mask.ts";
import { concat, range, split } from "./axis-parts.ts";
import { reshape } from "./reshape.ts";
import { softcap } from "./softcap.ts";
import type { Tape, Value } from "./tape.ts";

/** Queries, keys and values of one layer. */
export interface Heads {
  /** `(batch, kvHeads, group, tokens, headDim)`: a group of heads shares keys and values. */
  readonly queries: Value;
  /** `(batch, kvHeads, tokens, headDim)`. */
  readonly keys: Value;
  readonly values: Value;
}

export interface AttendOptions {
  /** Blocks of queries, each with the keys that it may see: products with keys that nobody sees are left out. */
  readonly mask: readonly MaskBlock[];
  /** Multiplies scores. */
  readonly scale: number;
  /** Scores `s` become `cap * tanh(s / cap)`. */
  readonly cap?: number | undefined;
}

/** Scaled dot-product attention (https://arxiv.org/abs/1706.03762); gives the shape of the queries. */
export function attend(tape: Tape, { queries, keys, values }: Heads, { mask, scale, cap }: AttendOptions): Value {
  const lengths = mask.map(({ rows }) => rows);
  const parts = split(tape, queries, 3, lengths).map((part, index) => {
    const { keys: seen, values: added } = mask[index]!;
    const block = { queries: part, keys: range(tape, keys, 2, seen), values: range(tape, values, 2, seen) };
    return attendBlock(tape, block, { added, scale, cap });
  });
  return concat(tape, parts, 3);
}

// --- internal ---

// `O = P V`, P = softmax(scale Q K^T + mask). dV = P^T dO; dS = P (dO V^T - rowsum(dO O)); dQ = scale dS K;
// dK = scale dS^T Q: the heads of a group lie along the rows, so that the products with transposes sum over them.
function attendBlock(
  tape: Tape,
  heads: Heads,
  { added, scale, cap }: { readonly added: Value; readonly scale: number; readonly cap: number | undefined },
): Value {
  const { keys, values } = heads;
  const [batch, kvHeads, group, rows, headDim] = heads.queries.shape as [number, number, number, number, number];
  const queries = reshape(tape, heads.queries, [batch, kvHeads, group * rows, headDim]);
  const seen = keys.shape[2]!;
  const flat = [batch, kvHeads, group * rows, seen];
  const apart = [batch, kvHeads, group, rows, seen];
  const alpha = { float: scale };
  const scores = tape.apply("microsoft:FusedMatMul", [queries, keys], flat, { transB: 1, alpha });
  const capped = softcap(tape, scores, cap);
  const masked = tape.apply("Add", [tape.view(capped.value, apart), added], apart);
  const weights = tape.view(tape.apply("Softmax", [masked], apart, { axis: -1 }), flat);
  const output = tape.apply("MatMul", [weights, values], queries.shape);
  tape.record([queries, keys, values], output, (dO) => {
    tape.contribute(values, () => tape.apply("microsoft:FusedMatMul", [weights, dO], values.shape, { transA: 1 }));
    const products = tape.apply("Mul", [dO, output], output.shape);
    const inner = tape.apply("ReduceSum", [products, tape.integers([-1])], flat.with(3, 1), { keepdims: 1 });
    const dWeights = tape.apply("microsoft:FusedMatMul", [dO, values], flat, { transB: 1 });
    const dMasked = tape.apply("Mul", [weights, tape.apply("Sub", [dWeights, inner], flat)], flat);
    const dScores = capped.back(dMasked);
    tape.contribute(keys, () =>
      tape.apply("microsoft:FusedMatMul", [dScores, queries], keys.shape, { transA: 1, alpha }),
    );
    tape.contribute(queries, () => tape.apply("microsoft:FusedMatMul", [dScores, keys], queries.shape, { alpha }));
  });
  return reshape(tape, output, heads.queries.shape);
}
