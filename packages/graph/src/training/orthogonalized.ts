/**
 * The nearest matrix whose singular values are all about 1, by five Newton-Schulz steps of a polynomial of degree five
 * (Jordan et al., Muon, https://kellerjordan.github.io/posts/muon/). Nothing is decomposed: products alone.
 */

import type { Tape, Value } from "./tape.ts";

/** a x + b x^3 + c x^5 takes singular values of (0, 1] to about 1, some 0.7 to 1.2, as fast as a polynomial of this degree can. */
const COEFFICIENTS = { a: 3.4445, b: -4.775, c: 2.0315 };
const STEPS = 5;

/** Keeps the quotient finite where the matrix is 0. */
const NORM_FLOOR = 1e-12;

/** Writes a matrix's orthogonal factor. A matrix of zeros stays one. */
export function orthogonalized(tape: Tape, matrix: Value): Value {
  const [rows, columns] = matrix.shape as readonly [number, number];
  const isTall = rows > columns;
  // The smaller side's products are the cheaper ones.
  const [short, long] = isTall ? [columns, rows] : [rows, columns];
  const squares = tape.apply("ReduceSumSquare", [matrix], [], { keepdims: 0 });
  const norm = tape.apply("Max", [tape.apply("Sqrt", [squares], []), tape.number(NORM_FLOOR)], []);
  const start = isTall ? tape.apply("Transpose", [matrix], [short, long], { perm: [1, 0] }) : matrix;
  let x = tape.apply("Div", [start, norm], [short, long]);
  for (let step = 0; step < STEPS; step++) {
    const gram = tape.apply("Gemm", [x, x], [short, short], { transB: 1 });
    // b G + c G^2, so that the step is a x + (b G + c G^2) x
    const inner = combined(tape, [gram, gram, gram], { product: COEFFICIENTS.c, sum: COEFFICIENTS.b });
    x = combined(tape, [inner, x, x], { product: 1, sum: COEFFICIENTS.a });
  }
  return isTall ? tape.apply("Transpose", [x], matrix.shape, { perm: [1, 0] }) : x;
}

// --- internal ---

/** product * (left right) + sum * added */
function combined(
  tape: Tape,
  [left, right, added]: readonly [Value, Value, Value],
  { product, sum }: { readonly product: number; readonly sum: number },
): Value {
  // The runtime's Gemm applies `beta` in a pass of its own as well, and reads a constant of 1 best.
  const weighted = tape.apply("Mul", [added, tape.number(sum)], added.shape);
  const attributes = { alpha: { float: product }, beta: { float: 1 } };
  return tape.apply("Gemm", [left, right, weighted], added.shape, attributes);
}
