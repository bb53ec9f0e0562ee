import { range } from "./axis-parts.ts";
import type { Tape, Value } from "./tape.ts";

/** Far below every score, far above the least float32: their sum stays finite, its power is exactly 0. */
const UNSEEN = -1e30;

/** Tokens that look at once. Small blocks leave out more keys that none of them sees, large ones multiply faster. */
const BLOCK_TOKENS = 128;

/** Some tokens, one after the other, and what they see. */
export interface MaskBlock {
  readonly rows: number;
  /** The first token that they see and the one after the last. */
  readonly keys: readonly [first: number, end: number];
  /** Added to scores, 0 or far below zero; `(batch, 1, 1, rows, keys)`. */
  readonly values: Value;
}

/**
 * What tokens see: earlier ones and themselves, of their own segment, no further back than the window, which counts the
 * token itself. `segments` is int32 `(batch, tokens)`.
 */
export function attentionMask(tape: Tape, segments: Value, window: number = Number.POSITIVE_INFINITY): MaskBlock[] {
  const tokens = segments.shape[1]!;
  const blocks: MaskBlock[] = [];
  for (let start = 0; start < tokens; start += BLOCK_TOKENS) {
    const end = Math.min(start + BLOCK_TOKENS, tokens);
    const first = Math.max(0, start - window + 1);
    blocks.push({
      rows: end - start,
      keys: [first, end],
      values: blockValues(tape, segments, { rows: [start, end], keys: [first, end], window }),
    });
  }
  return blocks;
}

// --- internal ---

interface BlockRange {
  readonly rows: readonly [number, number];
  readonly keys: readonly [number, number];
  readonly window: number;
}

function blockValues(tape: Tape, segments: Value, { rows, keys, window }: BlockRange): Value {
  const batch = segments.shape[0]!;
  const shape = [batch, rows[1] - rows[0], keys[1] - keys[0]];
  const own = tape.view(range(tape, segments, 1, rows), [batch, shape[1]!, 1]);
  const other = tape.view(range(tape, segments, 1, keys), [batch, 1, shape[2]!]);
  const same = tape.apply("Equal", [own, other], shape);
  const seen = tape.apply("And", [same, reach(tape, { rows, keys, window })], shape);
  const values = tape.apply("Where", [seen, tape.number(0), tape.number(UNSEEN)], shape);
  return tape.view(values, [batch, 1, 1, shape[1]!, shape[2]!]);
}

// True where a key is no later than a query and inside its window, `(rows, keys)`.
function reach(tape: Tape, { rows, keys, window }: BlockRange): Value {
  const shape = [rows[1] - rows[0], keys[1] - keys[0]];
  const count = ([first, end]: readonly [number, number], size: readonly number[]): Value =>
    tape.constant(
      `tokens_${first}_${end}_${size.length}`,
      "int32",
      size,
      Int32Array.from({ length: end - first }, (_, i) => first + i),
    );
  const own = count(rows, [shape[0]!, 1]);
  const other = count(keys, [shape[1]!]);
  const earlier = tape.apply("LessOrEqual", [other, own], shape);
  if (keys[0] + window >= rows[1]) return earlier;
  const span = tape.constant("window", "int32", [], Int32Array.of(window));
  const near = tape.apply("Less", [tape.apply("Sub", [own, other], shape), span], shape);
  return tape.apply("And", [earlier, near], shape);
}
