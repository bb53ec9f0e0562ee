import type { Tape, Value } from "./tape.ts";

/**
 * `y = x W^T + b` with x `(rows, in)`, W `(out, in)`, b `(out)`. Then dx = dy W, dW = dy^T x, db = the sum of dy's rows.
 * `Gemm` adds what is there already in the same pass.
 */
export function linearProduct(tape: Tape, x: Value, weight: Value, bias?: Value): Value {
  const inputs = bias === undefined ? [x, weight] : [x, weight, bias];
  const y = tape.apply("Gemm", inputs, [x.shape[0]!, weight.shape[0]!], { transB: 1 });
  tape.record(inputs, y, (dy) => {
    tape.accumulate(weight, (sum) => tape.apply("Gemm", withSum([dy, x], sum), weight.shape, { transA: 1 }));
    if (bias !== undefined) tape.contribute(bias, () => sumRows(tape, dy));
    tape.accumulate(x, (sum) => tape.apply("Gemm", withSum([dy, weight], sum), x.shape));
  });
  return y;
}

// --- internal ---

function withSum(factors: readonly Value[], sum: Value | undefined): readonly Value[] {
  return sum === undefined ? factors : [...factors, sum];
}

function sumRows(tape: Tape, x: Value): Value {
  return tape.apply("ReduceSum", [x, tape.integers([0])], [x.shape[1]!], { keepdims: 0 });
}
