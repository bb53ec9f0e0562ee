import { expect, test } from "vitest";
import { lossPlot } from "./loss-plot.ts";

test("a lower loss is lower on the page, and later steps are to the right", () => {
  const svg = lossPlot([
    {
      name: "base",
      points: [
        { step: 1, loss: 4 },
        { step: 10, loss: 1 },
      ],
    },
  ]);

  const [first, last] = /points="([^"]+)"/
    .exec(svg)![1]!
    .split(" ")
    .map((point) => point.split(",").map(Number));
  expect(last![0]).toBeGreaterThan(first![0]!);
  expect(last![1]).toBeGreaterThan(first![1]!);
});

test("names cannot write markup", () => {
  expect(lossPlot([{ name: "<b>&", points: [] }])).toContain("&lt;b>&amp;");
});

test("no points give a plot without lines", () => {
  expect(lossPlot([])).toMatch(/^<svg .*<\/svg>\n$/s);
});
