import type { Tape, Value } from "./tape.ts";

/** A value that a cap may have bent, and the way of adjoints back to what it was. */
export interface Capped {
  readonly value: Value;
  back(adjoint: Value): Value;
}

/** `y = cap t`, t = tanh(x / cap), or x as it is without a cap; `back` multiplies by y' = 1 - t^2. Nothing is recorded. */
export function softcap(tape: Tape, x: Value, cap: number | undefined): Capped {
  if (cap === undefined) return { value: x, back: (adjoint) => adjoint };
  const element = (op: string, ...inputs: Value[]): Value => tape.apply(op, inputs, x.shape);
  const t = element("Tanh", element("Mul", x, tape.number(1 / cap)));
  return {
    value: element("Mul", t, tape.number(cap)),
    back: (adjoint) => element("Mul", adjoint, element("Sub", tape.number(1), element("Mul", t, t))),
  };
}
