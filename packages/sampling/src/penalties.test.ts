import { expect, test } from "vitest";
import { penalties } from "./penalties.ts";

function penalised(options: Parameters<typeof penalties>[0], ids: readonly number[]): number[] {
  const logits = Float32Array.of(4, -4, 4, 4);
  penalties(options)(logits, { position: ids.length, ids });
  return [...logits];
}

test("a repetition penalty makes seen tokens less probable on both sides of 0", () => {
  expect(penalised({ repetitionPenalty: 2 }, [0, 1, 0])).toEqual([2, -8, 4, 4]);
});

test("a presence penalty counts once, a frequency penalty each time", () => {
  expect(penalised({ presencePenalty: 1 }, [0, 0, 2])).toEqual([3, -4, 3, 4]);
  expect(penalised({ frequencyPenalty: 1 }, [0, 0, 2])).toEqual([2, -4, 3, 4]);
});

test("only the window counts as seen", () => {
  const ids = [0, ...new Array<number>(63).fill(2), 3];

  expect(penalised({ presencePenalty: 1, penaltyWindow: 1 }, ids)).toEqual([4, -4, 4, 3]);
  expect(penalised({ presencePenalty: 1 }, ids)).toEqual([4, -4, 3, 3]);
  expect(penalised({ presencePenalty: 1, penaltyWindow: Number.POSITIVE_INFINITY }, ids)).toEqual([3, -4, 3, 3]);
  expect(penalised({ presencePenalty: 1, penaltyWindow: 0 }, ids)).toEqual([4, -4, 4, 4]);
});

test("ids that the logits do not have are left alone", () => {
  expect(penalised({ presencePenalty: 1 }, [99, -1])).toEqual([4, -4, 4, 4]);
});
