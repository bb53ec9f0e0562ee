import fc from "fast-check";
import { expect, test } from "vitest";
import { fillInt8Rows, int8Matrix, MAX_CODE, widenInt8 } from "./int8-matrix.ts";

const element = fc.float({ min: -1e3, max: 1e3, noNaN: true });

function rounded(rows: readonly (readonly number[])[]) {
  const columns = rows[0]!.length;
  const values = Float32Array.from(rows.flat());
  const matrix = int8Matrix(rows.length, columns);
  const bytes = new Uint8Array(values.buffer);
  fillInt8Rows(matrix, { type: "F32", rows: rows.length, columns, bytes }, 0);
  return { values, matrix, columns };
}

test("an element moves by half of its row's step at most", () => {
  fc.assert(
    fc.property(fc.array(fc.array(element, { minLength: 7, maxLength: 7 }), { minLength: 1, maxLength: 5 }), (rows) => {
      const { values, matrix, columns } = rounded(rows);
      const widened = widenInt8(matrix);

      for (let i = 0; i < values.length; i++) {
        const half = matrix.scales[Math.floor(i / columns)]! / 2;
        expect(Math.abs(widened[i]! - values[i]!)).toBeLessThanOrEqual(half * 1.0001);
      }
    }),
  );
});

test("two products of any byte and any code fit in 16 bits", () => {
  fc.assert(
    fc.property(fc.array(element, { minLength: 2, maxLength: 2 }), (row) => {
      const [a, b] = rounded([row]).matrix.codes;

      expect(255 * (Math.abs(a!) + Math.abs(b!))).toBeLessThan(2 ** 15);
    }),
  );
  expect(2 * 255 * MAX_CODE).toBeLessThan(2 ** 15);
});

test("a row is a column of the codes", () => {
  const { matrix } = rounded([
    [1, 0, -1],
    [0, 2, 0],
  ]);

  expect([...matrix.codes]).toEqual([MAX_CODE, 0, 0, MAX_CODE, -MAX_CODE, 0]);
});
