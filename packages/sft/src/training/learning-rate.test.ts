import { describe, expect, test } from "vitest";
import { learningRate } from "./learning-rate.ts";

const rates = (options: Parameters<typeof learningRate>[0], steps: number) =>
  Array.from({ length: steps }, (_, i) => learningRate(options, i + 1, steps));

describe("learningRate", () => {
  test("grows evenly to its peak during the warm-up", () => {
    expect(rates({ peak: 8, warmupSteps: 4, decay: "constant" }, 6)).toEqual([2, 4, 6, 8, 8, 8]);
  });

  test("falls along half a cosine: half way down in the middle, to its last part at the end", () => {
    const falling = rates({ peak: 1, warmupSteps: 2, finalRatio: 0.2 }, 12);

    expect(falling[1]).toBe(1);
    expect(falling[6]).toBeCloseTo(0.6, 12);
    expect(falling[11]).toBeCloseTo(0.2, 12);
    expect(falling.slice(1)).toEqual([...falling.slice(1)].sort((a, b) => b - a));
  });

  test("falls in a straight line", () => {
    expect(rates({ peak: 4, decay: "linear", finalRatio: 0 }, 4)).toEqual([3, 2, 1, 0]);
  });

  test("stays where it is behind the last step", () => {
    expect(learningRate({ peak: 1, finalRatio: 0.5 }, 20, 10)).toBe(0.5);
  });

  test.each([
    { peak: 0 },
    { peak: Number.POSITIVE_INFINITY },
    { peak: 1, warmupSteps: 0.5 },
    { peak: 1, finalRatio: 1.5 },
    { peak: 1, decay: "sudden" as "cosine" },
  ])("refuses %j", (options) => {
    expect(() => learningRate(options, 1, 10)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
  });
});
