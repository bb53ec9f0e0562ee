import { dequantize } from "@palaver/formats";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type BlockForm,
  blocksPerRow,
  nativeBlockForm,
  quantizeRows,
  repackBlocks,
  widenBlocks,
} from "./block-matrix.ts";

const forms: BlockForm[] = ([4, 8] as const).flatMap((bits) => [32, 64, 128].map((block) => ({ bits, block })));

/** Any blocks at all, but for scales that are no numbers. */
function blocks(blockBytes: number): fc.Arbitrary<Uint8Array> {
  const block = fc.uint8Array({ minLength: blockBytes, maxLength: blockBytes }).map((bytes) => {
    if ((bytes[1]! & 0x7c) === 0x7c) bytes[1] = bytes[1]! & 0x3f;
    return bytes;
  });
  return fc.array(block, { minLength: 1, maxLength: 6 }).map((list) => Uint8Array.from(list.flatMap((b) => [...b])));
}

test.each([
  ["Q4_0", 18],
  ["Q8_0", 34],
] as const)("%s blocks lose nothing by repacking", (type, blockBytes) => {
  fc.assert(
    fc.property(blocks(blockBytes), (bytes) => {
      const columns = (bytes.length / blockBytes) * 32;

      const repacked = widenBlocks(repackBlocks(type, bytes), columns, nativeBlockForm(type)!);

      expect(repacked).toEqual(dequantize(type, bytes, columns));
    }),
  );
});

test.each(forms)("$bits bits in blocks of $block: no element is off by more than a step", (form) => {
  const value = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 });
  const row = fc.array(value, { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(row, (list) => {
      const values = Float32Array.from(list);
      const rows = quantizeRows(values, values.length, form);
      const rounded = widenBlocks(rows, values.length, form);

      expect(rows.scales.length).toBe(blocksPerRow(values.length, form));
      values.forEach((value, i) => {
        const step = Math.abs(rows.scales[Math.floor(i / form.block)]!);
        // At 4 bits the side opposite to the extreme ends at 7 steps; half a step otherwise.
        const allowed = form.bits === 4 ? step * 1.001 : step * 0.501;
        expect(Math.abs(value - rounded[i]!)).toBeLessThanOrEqual(allowed + 1e-37);
      });
    }),
  );
});

test("zeros stay zeros", () => {
  const form: BlockForm = { bits: 4, block: 32 };

  expect(widenBlocks(quantizeRows(new Float32Array(40), 40, form), 40, form)).toEqual(new Float32Array(40));
});

test("a block's element of largest magnitude is exact at 4 bits, whatever its sign", () => {
  const form: BlockForm = { bits: 4, block: 32 };
  const values = Float32Array.from({ length: 64 }, (_, i) => (i === 3 ? -8 : i === 40 ? 4 : Math.sin(i)));

  const rounded = widenBlocks(quantizeRows(values, 64, form), 64, form);

  expect([rounded[3], rounded[40]]).toEqual([-8, 4]);
});
