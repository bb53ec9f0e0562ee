import { describe, expect, test } from "vitest";
import { isRefusal } from "./exam-item.ts";
import { createRandom } from "./random.ts";
import { normalized, type Split } from "./split.ts";
import { exchangeTasks, neutralTasks } from "./tasks/all-tasks.ts";
import { resultOf, sumTasks } from "./tasks/arithmetic.ts";
import { lettersDrill } from "./tasks/letters.ts";
import { outsideTask } from "./tasks/outside.ts";

const splits: readonly Split[] = ["train", "development", "test"];

test("a question has one answer, whatever task asks it", () => {
  const answers = new Map<string, string>();
  const contradicted: string[] = [];
  const random = createRandom(21);
  for (const split of splits) {
    for (const task of exchangeTasks) {
      for (let count = 0; count < 2500; count++) {
        const exchange = task.make(random, split);
        if (exchange === undefined) continue;
        const question = normalized(exchange.ask);

        if (answers.get(question) !== undefined && answers.get(question) !== exchange.answer)
          contradicted.push(exchange.ask);
        answers.set(question, exchange.answer);
      }
    }
  }
  expect(contradicted).toEqual([]);
  expect(answers.size).toBeGreaterThan(40_000);
});

test("the wordings of a split are asked in no other", () => {
  const random = createRandom(22);
  // Small talk and identity have no values, so their questions are their wordings.
  const asked = splits.map((split) => {
    const questions = new Set<string>();
    for (const task of exchangeTasks.filter(({ name }) => name === "identity" || name === "small-talk")) {
      for (let count = 0; count < 4000; count++) {
        const exchange = task.make(random, split);
        if (exchange !== undefined) questions.add(normalized(exchange.ask));
      }
    }
    return questions;
  });
  const [train, development, held] = asked as [Set<string>, Set<string>, Set<string>];

  expect([...development].filter((question) => train.has(question) || held.has(question))).toEqual([]);
  expect([...held].filter((question) => train.has(question))).toEqual([]);
});

describe("answers", () => {
  test("to sums are right, and their numbers are those of the question", () => {
    const random = createRandom(23);
    for (const task of sumTasks) {
      for (let count = 0; count < 3000; count++) {
        const exchange = task.make(random, random.pick(splits));
        if (exchange === undefined) continue;
        const [, a, operator, b, result] = /^(\d+) ([-+*/]) (\d+) = (\d+)\.$/.exec(exchange.answer)!;

        expect(resultOf({ a: Number(a), operator: operator as "+", b: Number(b) })).toBe(Number(result));
        expect(exchange.ask.match(/\d+/g)?.slice(-2)).toEqual([a, b]);
        expect(exchange.brief).toBe(`${result}.`);
      }
    }
  });

  test("to stories with a sum are right", () => {
    const random = createRandom(24);
    const task = exchangeTasks.find(({ name }) => name === "story-sums")!;
    for (let count = 0; count < 1000; count++) {
      const exchange = task.make(random, "train");
      if (exchange === undefined) continue;
      const [first, second] = exchange.ask.match(/\d+/g)!.map(Number) as [number, number];
      const total = Number(/\d+/.exec(exchange.answer)![0]);

      expect([first + second, Math.abs(first - second)]).toContain(total);
      expect(total).toBeGreaterThan(0);
    }
  });

  test("to an echo and to a drill are its words, in the letters that were asked for", () => {
    const random = createRandom(27);
    const echo = exchangeTasks.find(({ name }) => name === "echo")!;
    const kinds = new Set<string>();
    for (let count = 0; count < 1000; count++) {
      const exchange = random.pick([echo, lettersDrill]).make(random, random.pick(splits));
      if (exchange === undefined) continue;
      // A line without a mark of its own ends as a question.
      const [, words] = /: (.*?)\??$/.exec(exchange.ask)!;
      const forms = { upper: words!.toUpperCase(), lower: words!.toLowerCase(), same: words! };
      const kind = (["upper", "lower", "same"] as const).find((form) => exchange.answer === `${forms[form]}.`);

      kinds.add(kind ?? "capital");
      expect(exchange.answer.toLowerCase()).toBe(`${forms.lower}.`);
    }
    expect(kinds).toEqual(new Set(["upper", "lower", "same", "capital"]));
  });

  test("refuse what is outside and nothing else of what does not depend on tools", () => {
    const random = createRandom(25);
    for (const task of neutralTasks) {
      for (let count = 0; count < 300; count++) {
        const exchange = task.make(random, "train");
        if (exchange !== undefined) expect(isRefusal(exchange.answer), exchange.ask).toBe(task === outsideTask);
      }
    }
  });

  test("are short, begin with a capital and end with a mark", () => {
    const random = createRandom(26);
    for (const task of exchangeTasks) {
      for (let count = 0; count < 300; count++) {
        const exchange = task.make(random, "train");
        if (exchange === undefined) continue;
        expect(exchange.answer.length, exchange.answer).toBeLessThanOrEqual(130);
        expect(exchange.answer).toMatch(/^[A-Z0-9`].*[.?!]$/s);
        expect(exchange.answer).not.toMatch(/[{}[\]|]/);
      }
    }
  });
});
