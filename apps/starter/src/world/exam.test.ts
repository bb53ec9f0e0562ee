import { contentText } from "@palaver/core";
import { describe, expect, test } from "vitest";
import { examOf } from "./exam.ts";
import { isRefusal } from "./exam-item.ts";
import { normalized } from "./split.ts";

describe.each(["development", "test"] as const)("the %s exam", (part) => {
  const items = examOf(part);

  test("is the same each time", () => {
    expect(JSON.stringify(examOf(part))).toBe(JSON.stringify(items));
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
  });

  test("has enough items of each task and group", () => {
    const closed = items.filter(({ group }) => group === "closed");
    const sizes = new Map<string, number>();
    for (const { task } of closed) sizes.set(task, (sizes.get(task) ?? 0) + 1);
    const groupSize = (group: string): number => items.filter((item) => item.group === group).length;

    expect(sizes.size).toBeGreaterThanOrEqual(25);
    for (const [task, size] of sizes) expect(size, task).toBeGreaterThanOrEqual(30);
    expect(groupSize("tools")).toBeGreaterThanOrEqual(100);
    expect(groupSize("outside")).toBe(200);
    expect(groupSize("inside")).toBe(200);
    expect(groupSize("fim")).toBeGreaterThanOrEqual(60);
  });

  test("accepts its own answers and no others", () => {
    for (const item of items) {
      if (item.group === "fim") {
        expect(item.grade(true)).toBe(true);
        expect(item.grade("true")).toBe(false);
      } else if (item.group === "tools") {
        const { calls, answers } = item.expected;
        expect(item.grade({ calls, text: ` ${answers[0]}\n` })).toBe(true);
        expect(item.grade({ calls, text: "" })).toBe(false);
        expect(item.grade({ calls: [...calls, { name: "other", arguments: {} }], text: answers[0]! })).toBe(false);
      } else {
        expect(item.grade(` ${item.expected[0]}\n`)).toBe(true);
        expect(item.grade("")).toBe(false);
        if (item.group !== "closed") expect(isRefusal(item.expected[0]!)).toBe(item.group === "outside");
      }
    }
  });

  test("ends each conversation with the user's question", () => {
    for (const item of items) if (item.group !== "fim") expect(item.messages.at(-1)?.role).toBe("user");
  });

  test("never refuses inside", () => {
    for (const item of items)
      if (item.group === "inside") expect(item.grade("I don't know that. I am a small model.")).toBe(false);
  });
});

test("the two exams share no question of their own wording", () => {
  const questions = (part: "development" | "test"): string[] =>
    examOf(part).flatMap((item) =>
      item.group === "fim" ? [] : [normalized(contentText(item.messages.at(-1)!.content))],
    );
  const other = new Set(questions("test"));

  expect(questions("development").filter((question) => other.has(question))).toEqual([]);
});
