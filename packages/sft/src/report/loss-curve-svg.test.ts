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

function curve(svg: string): [number, number][] {
  const points = /polyline points="([^"]*)"/.exec(svg)![1]!;
  return points.split(" ").map((point) => point.split(",").map(Number) as [number, number]);
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

  test("is a picture of nothing without steps, and escapes its title", () => {
    const svg = lossCurveSvg([], { title: "<a&b>" });

    expect(svg).toContain("&lt;a&amp;b&gt;");
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });
});
