import type { Model } from "@palaver/core";
import { describe, expect, test } from "vitest";
import type { AnswerItem, ExamItem, FimItem, ToolItem } from "../world/exam-item.ts";
import { askItem, type ItemResult } from "./ask-item.ts";
import { summarized } from "./take-exam.ts";

const answerItem = (group: AnswerItem["group"], task = "colors"): AnswerItem => ({
  id: `${task}-1`,
  task,
  group,
  messages: [{ role: "user", content: "What color is snow?" }],
  expected: ["Snow is white."],
  grade: (answer) => answer === "Snow is white.",
});

const toolItem: ToolItem = {
  id: "tool-1",
  task: "tool-clock",
  group: "tools",
  messages: [{ role: "user", content: "What time is it in Oslo?" }],
  tools: [{ name: "clock" }],
  expected: { calls: [{ name: "clock", arguments: { city: "Oslo" } }], result: "12:30", answers: ["12:30."] },
  grade: () => false,
};

const hole: FimItem = {
  id: "fim-1",
  task: "fim-block",
  group: "fim",
  prefix: "",
  suffix: "",
  expected: { middle: "", test: "true" },
  grade: (value) => value === true,
};

const result = (item: ExamItem, more: Partial<ItemResult>): ItemResult => ({
  item,
  asked: "What color is snow?",
  expected: "Snow is white.",
  given: "Snow is red.",
  right: false,
  ended: true,
  ...more,
});

describe("the figures of an exam", () => {
  test("count right answers by group and task, and keep what went wrong", () => {
    const { tasks, failures, ended } = summarized([
      result(answerItem("closed"), { right: true }),
      result(answerItem("closed"), { ended: false }),
      result(answerItem("inside"), { right: true }),
    ]);

    expect(tasks).toEqual([
      { task: "colors", group: "closed", right: { count: 1, of: 2 } },
      { task: "colors", group: "inside", right: { count: 1, of: 1 } },
    ]);
    expect(failures.map(({ given }) => given)).toEqual(["Snow is red."]);
    expect(ended).toEqual({ count: 2, of: 3 });
  });

  test("tell declining beyond the world from declining within it", () => {
    const { declined } = summarized([
      result(answerItem("outside"), { declined: true }),
      result(answerItem("outside"), { declined: false }),
      result(answerItem("inside"), { declined: true }),
      result(answerItem("closed"), { declined: true }),
    ]);

    expect(declined).toEqual({ outside: { count: 1, of: 2 }, inside: { count: 1, of: 1 } });
  });

  test("count calls and code of the items that have some", () => {
    const { calls, compiles } = summarized([
      result(toolItem, { call: { name: true, arguments: false, answer: false } }),
      result(toolItem, { call: { name: true, arguments: true, answer: true } }),
      result(toolItem, {}),
      result(hole, { compiles: true }),
    ]);

    expect(calls).toEqual({ name: { count: 2, of: 2 }, arguments: { count: 1, of: 2 }, answer: { count: 1, of: 2 } });
    expect(compiles).toEqual({ count: 1, of: 1 });
  });

  test("keep ten failures of a task", () => {
    const wrong = Array.from({ length: 20 }, () => result(answerItem("closed"), {}));

    expect(summarized(wrong).failures).toHaveLength(10);
  });
});

test("a base model is not asked to call tools", async () => {
  // Nothing else of it is looked at.
  const base = { template: undefined } as Model;

  expect(await askItem(base, toolItem)).toBeUndefined();
});
