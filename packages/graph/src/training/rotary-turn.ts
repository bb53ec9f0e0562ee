import type { Tape, Value } from "./tape.ts";

/** Rotary tables, `(positions, headDim / 2)`, and the position of each token, `(batch, tokens)`. */
export interface RotaryTables {
  readonly positions: Value;
  readonly cos: Value;
  readonly sin: Value;
  /** The sines with the other sign: the way back, which only gradients need. */
  readonly minusSin: () => Value;
  /** How many elements of a head turn, and how many it has; undefined where all turn. */
  readonly part?: readonly [turned: number, headDim: number];
}

/** Turns heads by their positions; x is `(batch, tokens, heads * headDim)`. The adjoint is turned back. */
export function rotaryTurn(tape: Tape, x: Value, tables: RotaryTables): Value {
  const { positions, cos, sin, minusSin, part } = tables;
  const attributes = part === undefined ? {} : { rotary_embedding_dim: part[0], num_heads: x.shape.at(-1)! / part[1] };
  const y = tape.apply("microsoft:RotaryEmbedding", [x, positions, cos, sin], x.shape, attributes);
  tape.record([x], y, (dy) =>
    tape.contribute(x, () =>
      tape.apply("microsoft:RotaryEmbedding", [dy, positions, cos, minusSin()], x.shape, attributes),
    ),
  );
  return y;
}
