import type { Activation } from "../decoder-config.ts";
import type { Tape, Value } from "./tape.ts";

/** A function of single elements and its slope. Nothing is recorded. */
export interface ElementFunction {
  value(tape: Tape, x: Value): Value;
  /** The derivative at x, where the function's value is `y`. */
  slope(tape: Tape, x: Value, y: Value): Value;
}

/** What gates a feed-forward layer. */
export const activations: Readonly<Record<Activation, ElementFunction>> = {
  // y = x s, s the logistic function: y' = s + x s (1 - s) = s (1 + x - y)
  silu: {
    value: (tape, x) => tape.apply("microsoft:QuickGelu", [x], x.shape, { alpha: { float: 1 } }),
    slope: (tape, x, y) => {
      const rest = tape.apply("Add", [tape.apply("Sub", [x, y], x.shape), tape.number(1)], x.shape);
      return tape.apply("Mul", [tape.apply("Sigmoid", [x], x.shape), rest], x.shape);
    },
  },
  // y = x (1 + t) / 2, t = tanh(a x + b x^3): y' = (1 + t) (1 + (1 - t) (a x + 3 b x^3)) / 2
  "gelu-tanh": {
    value: (tape, x) => tape.apply("microsoft:FastGelu", [x], x.shape),
    slope: (tape, x) => {
      const element = (op: string, ...inputs: Value[]): Value => tape.apply(op, inputs, x.shape);
      const square = element("Mul", x, x);
      const cubic = (factor: number): Value =>
        element("Mul", x, element("Add", element("Mul", square, tape.number(factor * GELU_B)), tape.number(GELU_A)));
      const t = element("Tanh", cubic(1));
      const one = tape.number(1);
      const inner = element("Add", element("Mul", element("Sub", one, t), cubic(3)), one);
      return element("Mul", element("Mul", element("Add", t, one), inner), tape.number(0.5));
    },
  },
};

// --- internal ---

// Hendrycks and Gimpel, https://arxiv.org/abs/1606.08415
const GELU_A = Math.sqrt(2 / Math.PI);
const GELU_B = GELU_A * 0.044715;
