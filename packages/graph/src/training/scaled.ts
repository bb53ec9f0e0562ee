import type { Tape, Value } from "./tape.ts";

/** `factor x`. */
export function scaled(tape: Tape, x: Value, factor: number): Value {
  if (factor === 1) return x;
  const times = (value: Value): Value => tape.apply("Mul", [value, tape.number(factor)], x.shape);
  const y = times(x);
  tape.record([x], y, (dy) => tape.contribute(x, () => times(dy)));
  return y;
}
