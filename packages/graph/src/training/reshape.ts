import type { Tape, Value } from "./tape.ts";

/** The same elements in another shape. */
export function reshape(tape: Tape, x: Value, shape: readonly number[]): Value {
  const y = tape.view(x, shape);
  if (y === x) return x;
  tape.record([x], y, (dy) => tape.contribute(x, () => tape.view(dy, x.shape)));
  return y;
}

/** The axes in another order: axis `i` of the output is axis `order[i]` of the input. */
export function transpose(tape: Tape, x: Value, order: readonly number[]): Value {
  const shape = order.map((axis) => x.shape[axis]!);
  const y = tape.apply("Transpose", [x], shape, { perm: order });
  const back = order.map((_, axis) => order.indexOf(axis));
  tape.record([x], y, (dy) => tape.contribute(x, () => tape.apply("Transpose", [dy], x.shape, { perm: back })));
  return y;
}
