import { isPalaverError } from "@palaver/core";
import { expect, test } from "vitest";
import { headLayout, paddedIndex, rotaryPartner, rotaryWidth } from "./head-layout.ts";

const places = (headDim: number, rotaryDim?: number): number[] => {
  const layout = headLayout(headDim, rotaryDim);
  return Array.from({ length: 2 * headDim }, (_, index) => paddedIndex(layout, index));
};

test("a head of a multiple of 16 stays as it is", () => {
  expect(places(32)).toEqual(Array.from({ length: 64 }, (_, index) => index));
  expect(places(32, 16)).toEqual(places(32));
});

test("partners of a padded head stay half a head apart", () => {
  const at = places(20);

  for (let element = 0; element < 10; element++) expect(at[element + 10]! - at[element]!).toBe(16);
  expect(new Set(at).size).toBe(40);
});

test("a padded head that turns in part is padded behind, where nothing turns", () => {
  expect(places(20, 16)).toEqual(Array.from({ length: 40 }, (_, index) => (index < 20 ? index : index + 12)));
  expect(rotaryWidth(headLayout(20, 16))).toBe(8);
});

test("a part that the runtime cannot turn is refused", () => {
  let error: unknown;
  try {
    headLayout(48, 24);
  } catch (thrown) {
    error = thrown;
  }

  expect(isPalaverError(error, "ERR_UNSUPPORTED")).toBe(true);
});

test("partners know each other, and what does not turn has none", () => {
  const padded = headLayout(20);
  const partly = headLayout(48, 16);

  for (let index = 0; index < 32; index++) expect(rotaryPartner(padded, rotaryPartner(padded, index)!)).toBe(index);
  expect(rotaryPartner(padded, 3)).toBe(19);
  expect([0, 7, 8, 15].map((index) => rotaryPartner(partly, index))).toEqual([8, 15, 0, 7]);
  expect([16, 47].map((index) => rotaryPartner(partly, index))).toEqual([undefined, undefined]);
});
