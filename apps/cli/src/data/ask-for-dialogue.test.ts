import { expect, test } from "vitest";
import { askForDialogue } from "./ask-for-dialogue.ts";

function asked(prompt: string | undefined, topics: readonly string[], index: number): string {
  return askForDialogue(prompt, topics)({ index, random: () => 0 }).at(-1)!.content;
}

test("each round takes every topic once", () => {
  const topics = ["cats", "dogs", "birds"];

  const contents = [0, 1, 2, 3, 4, 5].map((index) => asked("On {topic}.", topics, index));

  expect(contents).toEqual(["On cats.", "On dogs.", "On birds.", "On cats.", "On dogs.", "On birds."]);
});

test("a topic stands for every place, and patterns in it are plain text", () => {
  expect(asked("{topic}: {topic}", ["$& {topic}"], 0)).toBe("$& {topic}: $& {topic}");
});

test("a prompt without topics is asked as it is", () => {
  expect(asked("Anything.", [], 3)).toBe("Anything.");
});
