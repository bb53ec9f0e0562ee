import type { Tape, Value } from "./tape.ts";

export interface RmsNormOptions {
  readonly epsilon: number;
  /** Added to the weight. */
  readonly offset: 0 | 1;
}

/**
 * `y = x r w` with r = 1 / sqrt(mean(x^2) + epsilon) of each row (https://arxiv.org/abs/1910.07467); x `(rows, width)`,
 * w `(width)`. The runtime gives r as a second output.
 * dw = sum over rows of dy x r; dx = r (dy w - x r c) with c = mean(dy w x r) of each row.
 */
export function rmsNorm(tape: Tape, x: Value, parameter: Value, { epsilon, offset }: RmsNormOptions): Value {
  const [rows, width] = x.shape as [number, number];
  const weight = offset === 0 ? parameter : tape.apply("Add", [parameter, tape.number(offset)], parameter.shape);
  const [y, root] = tape.applyAll("SimplifiedLayerNormalization", [x, weight], [x.shape, [rows, 1]], {
    axis: -1,
    epsilon: { float: epsilon },
    stash_type: 1,
  }) as [Value, Value];
  tape.record([x, parameter], y, (dy) => {
    const product = tape.apply("Mul", [dy, x], x.shape);
    tape.contribute(parameter, () => {
      const row = tape.apply("Gemm", [root, product], [1, width], { transA: 1 });
      return tape.view(row, [width]);
    });
    tape.contribute(x, () => {
      const column = tape.view(weight, [width, 1]);
      const inner = tape.apply("Gemm", [product, column], [rows, 1], { alpha: { float: 1 / width } });
      const cube = tape.apply("Mul", [root, tape.apply("Mul", [root, root], root.shape)], root.shape);
      const share = tape.apply("Mul", [inner, cube], root.shape);
      const scaled = tape.apply("Mul", [tape.apply("Mul", [dy, weight], x.shape), root], x.shape);
      const along = tape.apply("Mul", [x, share], x.shape);
      return tape.apply("Sub", [scaled, along], x.shape);
    });
  });
  return y;
}
