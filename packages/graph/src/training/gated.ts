import type { Activation } from "../decoder-config.ts";
import { activations } from "./activation.ts";
import type { Tape, Value } from "./tape.ts";

/** `y = f(gate) up` (https://arxiv.org/abs/2002.05202): dup = dy f(gate), dgate = dy up f'(gate). */
export function gated(tape: Tape, gate: Value, up: Value, activation: Activation): Value {
  const { value, slope } = activations[activation];
  const multiply = (a: Value, b: Value): Value => tape.apply("Mul", [a, b], gate.shape);
  const activated = value(tape, gate);
  const y = multiply(activated, up);
  tape.record([gate, up], y, (dy) => {
    tape.contribute(up, () => multiply(dy, activated));
    tape.contribute(gate, () => multiply(multiply(dy, up), slope(tape, gate, activated)));
  });
  return y;
}
