import { contentText } from "@palaver/core";
import { beforeAll, describe, expect, test } from "vitest";
import { createWorld } from "./create-world.ts";
import { type Dialogue, lengthOf, longestDialogue } from "./dialogue.ts";
import { examOf } from "./exam.ts";
import { normalized } from "./split.ts";

const count = 4000;
let dialogues: readonly Dialogue[];
let texts: readonly string[];

beforeAll(() => {
  const world = createWorld(11);
  dialogues = Array.from({ length: count }, () => world.dialogue());
  texts = Array.from({ length: count }, () => world.text());
});

test("the same seed gives the same lessons, another seed gives others", () => {
  const read = (seed: number): string => {
    const world = createWorld(seed);
    return JSON.stringify(Array.from({ length: 50 }, () => [world.text(), world.dialogue(), world.fim()]));
  };

  expect(read(3)).toBe(read(3));
  expect(read(3)).not.toBe(read(4));
});

test("no question of an exam is in the streams", () => {
  const questions = [...examOf("development"), ...examOf("test")].flatMap((item) =>
    item.group === "fim"
      ? []
      : item.messages.filter(({ role }) => role === "user").map(({ content }) => normalized(contentText(content))),
  );
  const asked = new Set(questions);
  // A question of fewer words may be a part of a longer sentence; a longer one may not.
  const long = questions.filter((question) => question.split(" ").length >= 4).map((question) => ` ${question} `);
  const said = dialogues.flatMap(({ messages }) =>
    messages.filter(({ role }) => role === "user").map(({ content }) => normalized(contentText(content))),
  );
  const read = ` ${[...said, ...texts.map(normalized)].join(" | ")} `;

  expect(said.filter((question) => asked.has(question))).toEqual([]);
  expect(long.filter((question) => read.includes(question))).toEqual([]);
});

test("no hole of an exam is in the streams", () => {
  const world = createWorld(12);
  const seen = new Set(
    Array.from({ length: count }, () => world.fim()).map(({ prefix, middle, suffix }) => prefix + middle + suffix),
  );
  const holes = [...examOf("development"), ...examOf("test")].flatMap((item) =>
    item.group === "fim" ? [item.prefix + item.expected.middle + item.suffix] : [],
  );

  expect(holes.filter((code) => seen.has(code))).toEqual([]);
});

describe("a dialogue", () => {
  test("fits into the context with a new answer", () => {
    expect(Math.max(...dialogues.map(lengthOf))).toBeLessThanOrEqual(longestDialogue);
  });

  test("has its system message first, then questions and answers in turn", () => {
    for (const { messages } of dialogues) {
      const roles = messages.map(({ role }) => role.charAt(0)).join("");
      expect(roles).toMatch(/^s?(u(at)?a)+$/);
    }
  });

  test("calls only tools that are offered, with the arguments that they require", () => {
    for (const { messages, tools = [] } of dialogues) {
      for (const message of messages) {
        if (message.role !== "assistant") continue;
        for (const call of message.toolCalls ?? []) {
          const tool = tools.find(({ name }) => name === call.name);
          expect(Object.keys(call.arguments)).toEqual(tool?.parameters?.required);
        }
      }
    }
  });

  test("leaves no brace and no bracket of a wording", () => {
    for (const { messages } of dialogues) {
      for (const { role, content } of messages) if (role === "user") expect(content).not.toMatch(/[{}[\]|]/);
    }
  });
});

test("each kind of dialogue is in the stream", () => {
  const tasks = new Set(dialogues.map(({ task }) => task));

  for (const task of [
    "colors",
    "outside",
    "tools",
    "memory",
    "persona",
    "follow-up",
    "mixed",
    "rule-upper",
    "identity",
  ]) {
    expect(tasks).toContain(task);
  }
});

test("texts have no control tokens", () => {
  for (const text of texts) expect(text).not.toMatch(/<\||fim_/);
});
