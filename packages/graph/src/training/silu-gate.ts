import { addTo } from "./linear-product.ts";
import type { Tape, Value } from "./tape.ts";

/**
 * `y = silu(gate) up`, silu(x) = x s(x), s the logistic function (https://arxiv.org/abs/2002.05202).
 * dup = dy silu(gate); dgate = dy up s (1 + gate - silu(gate)).
 */
export function siluGate(tape: Tape, gate: Value, up: Value): Value {
  const { shape } = gate;
  const multiply = (a: Value, b: Value): Value => tape.apply("Mul", [a, b], shape);
  const activated = tape.apply("microsoft:QuickGelu", [gate], shape, { alpha: { float: 1 } });
  const y = multiply(activated, up);
  tape.record([gate, up], y, (dy) => {
    tape.accumulate(up, (sum) => addTo(tape, sum, multiply(dy, activated)));
    tape.accumulate(gate, (sum) => {
      const rest = tape.apply("Add", [tape.apply("Sub", [gate, activated], shape), tape.number(1)], shape);
      const slope = multiply(tape.apply("Sigmoid", [gate], shape), rest);
      return addTo(tape, sum, multiply(multiply(dy, up), slope));
    });
  });
  return y;
}
