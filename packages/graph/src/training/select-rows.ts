import type { Tape, Value } from "./tape.ts";

/**
 * Some rows of x `(rows, width)`, by `indices` int64 `(selected)`, none twice. The adjoint's rows go back by an inverse
 * index, which points rows that were not selected at a row of zeros.
 */
export function selectRows(tape: Tape, x: Value, indices: Value): Value {
  const [rows, width] = x.shape as [number, number];
  const selected = indices.shape[0]!;
  const y = tape.apply("Gather", [x, indices], [selected, width], { axis: 0 });
  tape.record([x], y, (dy) =>
    tape.contribute(x, () => {
      const nowhere = tape.apply("Expand", [tape.integers([selected]), tape.integers([rows])], [rows]);
      const places = tape.constant(
        "selected_places",
        "int64",
        [selected],
        BigInt64Array.from({ length: selected }, (_, i) => BigInt(i)),
      );
      const inverse = tape.apply("ScatterElements", [nowhere, indices, places], [rows], { axis: 0 });
      const zeros = tape.apply("Expand", [tape.number(0), tape.integers([1, width])], [1, width]);
      const padded = tape.apply("Concat", [dy, zeros], [selected + 1, width], { axis: 0 });
      return tape.apply("Gather", [padded, inverse], x.shape, { axis: 0 });
    }),
  );
  return y;
}
