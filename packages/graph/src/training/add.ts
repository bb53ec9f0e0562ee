import type { Tape, Value } from "./tape.ts";

/** `a + b`, of one shape. */
export function add(tape: Tape, a: Value, b: Value): Value {
  const y = tape.apply("Add", [a, b], a.shape);
  tape.record([a, b], y, (dy) => {
    for (const value of [a, b]) tape.contribute(value, () => dy);
  });
  return y;
}
