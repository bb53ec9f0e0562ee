import { describe, expect, test } from "vitest";
import type { TrainEvent } from "../training/train-event.ts";
import { lossCurveSvg } from "./loss-curve-svg.ts";

const step = (at: number, loss: number): TrainEvent => ({
  type: "step",
  step: at,
  loss,
  learningRate: 1,
  gradientNorm: 1,
  tokens: 1,
  labels: 1,
  sequences: 1,
  places: 1,
});

function curves(svg: string): [number, number][][] {
  return [...svg.matchAll(/polyline points="([^"]*)"/g)].map(([, points]) =>
    points!.split(" ").map((point) => point.split(",").map(Number) as [number, number]),
  );
}

function curve(svg: string): [number, number][] {
  return curves(svg)[0]!;
}

describe("lossCurveSvg", () => {
  test("draws steps from left to right, and lower losses lower", () => {
    const points = curve(lossCurveSvg([step(1, 4), step(2, 3), step(3, 1)]));

    expect(points).toHaveLength(3);
    for (const [index, [x, y]] of points.slice(1).entries()) {
      expect(x).toBeGreaterThan(points[index]![0]);
      expect(y).toBeGreaterThan(points[index]![1]);
    }
  });

  test("puts an evaluation on the curve where it has the same loss", () => {
    const svg = lossCurveSvg([step(1, 4), step(2, 3), { type: "evaluation", step: 2, loss: 3, labels: 1 }]);

    const [, x, y] = /<circle cx="([\d.]+)" cy="([\d.]+)"/.exec(svg)!;
    expect([Number(x), Number(y)]).toEqual(curve(svg)[1]);
  });

  test("stays within the picture and its size, however many steps there are", () => {
    const svg = lossCurveSvg(Array.from({ length: 10_000 }, (_, i) => step(i + 1, 1000 / (i + 1))));

    expect(curve(svg).length).toBeLessThanOrEqual(800);
    for (const [x, y] of curve(svg)) expect(x >= 0 && x <= 800 && y >= 0 && y <= 400).toBe(true);
  });

  test("draws a line of the means of so many steps", () => {
    const single = curve(lossCurveSvg([step(1, 4), step(2, 2), step(3, 3), step(4, 1)]));
    const [first, second] = curve(lossCurveSvg([step(1, 4), step(2, 2), step(3, 3), step(4, 1)], { meanSteps: 2 }));

    // 3 and 2, which are a step's loss each, half a step further to the left.
    expect([first![1], second![1]]).toEqual([single[2]![1], single[1]![1]]);
    expect(second![0]).toBeCloseTo((single[2]![0] + single[3]![0]) / 2, 0);
  });

  test("draws trainings by their names, in one scale", () => {
    const points = [
      { type: "step", step: 1, loss: 2, training: "base" },
      { type: "step", step: 1, loss: 1, training: "chat & tools" },
      { type: "evaluation", step: 1, loss: 1, training: "chat & tools" },
      { type: "step", step: 2, loss: 1, training: "base" },
    ] as const;

    const svg = lossCurveSvg(points);

    const [base, chat] = curves(svg);
    expect(base).toHaveLength(2);
    expect(chat).toEqual([[base![0]![0], base![1]![1]]]);
    expect(svg).toMatch(/>base<.*>chat &amp; tools<.*>chat &amp; tools, evaluation</);
  });

  test("is a picture of nothing without steps, and escapes its title", () => {
    const svg = lossCurveSvg([], { title: "<a&b>" });

    expect(svg).toContain("&lt;a&amp;b&gt;");
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });
});
