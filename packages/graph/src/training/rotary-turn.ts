import { addTo } from "./linear-product.ts";
import type { Tape, Value } from "./tape.ts";

/** Rotary tables, `(positions, headDim / 2)`, and the position of each token, `(batch, tokens)`. */
export interface RotaryTables {
  readonly positions: Value;
  readonly cos: Value;
  readonly sin: Value;
  /** The sines with the other sign: the way back, which only gradients need. */
  readonly minusSin: () => Value;
}

/** Turns heads by their positions; x is `(batch, tokens, heads * headDim)`. The adjoint is turned back. */
export function rotaryTurn(tape: Tape, x: Value, { positions, cos, sin, minusSin }: RotaryTables): Value {
  const y = tape.apply("microsoft:RotaryEmbedding", [x, positions, cos, sin], x.shape);
  tape.record([x], y, (dy) =>
    tape.accumulate(x, (sum) =>
      addTo(tape, sum, tape.apply("microsoft:RotaryEmbedding", [dy, positions, cos, minusSin()], x.shape)),
    ),
  );
  return y;
}
