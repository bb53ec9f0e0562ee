import type { Tape, Value } from "./tape.ts";

/**
 * The rows of a table `(vocab, width)` by ids `(rows)`. The adjoint's rows are added to the table's; ids may repeat, which
 * `ScatterElements` adds up in order (`ScatterND` loses additions when several threads meet in a row).
 */
export function embedding(tape: Tape, table: Value, ids: Value): Value {
  const shape = [ids.shape[0]!, table.shape[1]!];
  const y = tape.apply("Gather", [table, ids], shape, { axis: 0 });
  tape.record([table], y, (dy) =>
    tape.accumulate(table, (sum) => {
      const column = tape.view(ids, [shape[0]!, 1]);
      const indices = tape.apply("Expand", [column, tape.integers(shape)], shape);
      const start = sum ?? tape.apply("Expand", [tape.number(0), tape.integers(table.shape)], table.shape);
      return tape.apply("ScatterElements", [start, indices, dy], table.shape, { axis: 0, reduction: "add" });
    }),
  );
  return y;
}
