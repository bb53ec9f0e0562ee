import { expect, test } from "vitest";
import { percent, shareOf } from "./evaluation.ts";
import { resultTable } from "./result-table.ts";

test("a share of nothing is no number", () => {
  expect([percent({ count: 0, of: 0 }), percent({ count: 1, of: 3 })]).toEqual(["-", "33.3 %"]);
});

test("the table has each task with its share, and what went wrong", () => {
  const none = shareOf([], () => true);
  const result = {
    tasks: [{ task: "colors", group: "closed", right: shareOf([1, 2, 3, 4], (item) => item > 1) }],
    ended: none,
    calls: { name: none, arguments: none, answer: none },
    declined: { outside: none, inside: none },
    compiles: none,
    failures: [{ id: "colors-1", task: "colors", asked: "What color is snow?", expected: "White.", given: "Red." }],
    bytes: 3_600_000,
    speed: { machine: "test", threads: 2, loadMs: 80, promptTokensPerSecond: 2000, tokensPerSecond: 300 },
  };

  const lines = resultTable({ part: "test", models: { chat: result } }).split("\n");

  expect(lines[0]).toBe("chat, test exam");
  expect(lines[1]).toMatch(/closed: colors +75\.0 % of 4$/);
  expect(lines.join("\n")).toContain('"What color is snow?" expected "White.", given "Red."');
  expect(lines.join("\n")).toContain("3.6 MB, opened in 80 ms");
});
