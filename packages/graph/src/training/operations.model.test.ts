import { expect, test } from "vitest";
import { gradientError, type Probe } from "../testing/check-gradient.ts";
import { add } from "./add.ts";
import { attend } from "./attend.ts";
import { attentionMask } from "./attention-mask.ts";
import { concat, range, split } from "./axis-parts.ts";
import { embedding } from "./embedding.ts";
import { gated } from "./gated.ts";
import { linearProduct } from "./linear-product.ts";
import { lowRankProduct } from "./low-rank-product.ts";
import { reshape, transpose } from "./reshape.ts";
import { rmsNorm } from "./rms-norm.ts";
import { type RotaryTables, rotaryTurn } from "./rotary-turn.ts";
import { scaled } from "./scaled.ts";
import { selectRows } from "./select-rows.ts";
import type { Tape, Value } from "./tape.ts";
import { vocabularyLoss } from "./vocabulary-loss.ts";

const of = (...shape: number[]): Probe => ({ shape });
type Write = (tape: Tape, inputs: readonly Value[]) => Value;

const operations: [string, Probe[], Write][] = [
  ["a product", [of(3, 4), of(5, 4)], (tape, [x, w]) => linearProduct(tape, x!, w!)],
  ["a product with a bias", [of(3, 4), of(5, 4), of(5)], (tape, [x, w, b]) => linearProduct(tape, x!, w!, b)],
  [
    "a low-rank product",
    [of(3, 5), of(3, 4), of(2, 4), of(5, 2)],
    (tape, [base, x, a, b]) => lowRankProduct(tape, base!, x!, { a: a!, b: b!, scale: 1.5 }),
  ],
  ["a sum of a value with itself", [of(2, 3)], (tape, [x]) => add(tape, x!, x!)],
  ["a multiple", [of(2, 3)], (tape, [x]) => scaled(tape, x!, -2.5)],
  ["another order of axes", [of(2, 3, 4)], (tape, [x]) => transpose(tape, x!, [2, 0, 1])],
  ["another shape", [of(2, 6)], (tape, [x]) => reshape(tape, x!, [3, 4])],
  ["a norm", [of(3, 8), of(8)], (tape, [x, w]) => rmsNorm(tape, x!, w!, { epsilon: 1e-2, offset: 0 })],
  ["a norm less 1", [of(3, 8), of(8)], (tape, [x, w]) => rmsNorm(tape, x!, w!, { epsilon: 1e-2, offset: 1 })],
  ["a SwiGLU gate", [of(3, 4), of(3, 4)], (tape, [gate, up]) => gated(tape, gate!, up!, "silu")],
  ["a GELU gate", [of(3, 4), of(3, 4)], (tape, [gate, up]) => gated(tape, gate!, up!, "gelu-tanh")],
  ["parts in another order", [of(2, 5)], (tape, [x]) => concat(tape, split(tape, x!, 1, [2, 3]).toReversed(), 1)],
  ["a range", [of(2, 5, 2)], (tape, [x]) => range(tape, x!, 1, [1, 3])],
  ["turned heads", [of(1, 3, 8)], (tape, [x]) => rotaryTurn(tape, x!, tables(tape, 2))],
  ["heads turned in part", [of(1, 3, 40)], (tape, [x]) => rotaryTurn(tape, x!, { ...tables(tape, 8), part: [16, 20] })],
  ["rows of a table, some of them twice", [of(5, 3)], (tape, [x]) => embedding(tape, x!, ids(tape, 4, 1, 4, 0, 4))],
  ["selected rows", [of(5, 3)], (tape, [x]) => selectRows(tape, x!, ids(tape, 4, 0, 2))],
  [
    "attention",
    [of(2, 2, 3, 4, 4), of(2, 2, 4, 4), of(2, 2, 4, 4)],
    (tape, [queries, keys, values]) =>
      attend(
        tape,
        { queries: queries!, keys: keys!, values: values! },
        { mask: attentionMask(tape, segments(tape)), scale: 0.7 },
      ),
  ],
  [
    "attention with a cap on scores and a window",
    [of(2, 2, 3, 4, 4), of(2, 2, 4, 4), of(2, 2, 4, 4)],
    (tape, [queries, keys, values]) =>
      attend(
        tape,
        { queries: queries!, keys: keys!, values: values! },
        { mask: attentionMask(tape, segments(tape), 2), scale: 2, cap: 0.8 },
      ),
  ],
  [
    "the loss",
    [of(3, 4), of(6, 4)],
    (tape, [x, w]) => vocabularyLoss(tape, [x!, w!], targets(tape), { loss: "loss", labelLosses: undefined }),
  ],
  [
    "the loss with a cap on logits",
    [of(3, 4), of(6, 4)],
    (tape, [x, w]) =>
      vocabularyLoss(tape, [x!, w!], { ...targets(tape), cap: 0.9 }, { loss: "loss", labelLosses: undefined }),
  ],
  [
    "what is computed again",
    [of(3, 8), of(8)],
    (tape, [x, w]) => tape.checkpoint(x!, (y) => add(tape, y, rmsNorm(tape, y, w!, { epsilon: 1e-2, offset: 0 }))),
  ],
];

test.each(operations)("%s: the adjoint is the slope", async (_, probes, write) => {
  expect(await gradientError(probes, write)).toBeLessThan(2e-3);
});

// --- internal ---

function ids(tape: Tape, ...values: number[]): Value {
  return tape.constant("ids", "int64", [values.length], BigInt64Array.from(values, BigInt));
}

function segments(tape: Tape): Value {
  return tape.constant("segments", "int32", [2, 4], Int32Array.of(1, 1, 2, 2, 1, 1, 1, 0));
}

function targets(tape: Tape): { labels: Value; weights: Value } {
  return {
    labels: tape.constant("labels", "int64", [3], BigInt64Array.of(5n, 0n, 5n)),
    weights: tape.constant("weights", "float32", [3], Float32Array.of(0.5, 0.3, 0.7)),
  };
}

// Heads of `pairs` pairs, at the positions 0, 2 and 1.
function tables(tape: Tape, pairs: number): RotaryTables {
  const table = (name: string, value: (angle: number) => number): Value =>
    tape.constant(
      name,
      "float32",
      [3, pairs],
      Float32Array.from({ length: 3 * pairs }, (_, i) => value(Math.floor(i / pairs) / (1 + (i % pairs)))),
    );
  return {
    positions: tape.constant("positions", "int64", [1, 3], BigInt64Array.of(0n, 2n, 1n)),
    cos: table("cos", Math.cos),
    sin: table("sin", Math.sin),
    minusSin: () => table("minus_sin", (angle) => -Math.sin(angle)),
  };
}
