import type { Tokenizer } from "@palaver/core";
import type { SequenceSource, TrainingSequence } from "@palaver/sft";
import { encodeFim, findFim, llama3Template, renderFim } from "@palaver/template";
import { loadTokenizer } from "@palaver/tokenizer";
import { describe, expect, test } from "vitest";
import { smallLessons } from "../testing/small-lessons.ts";
import { textFiles, trainTokenizer } from "../text/text-files.ts";
import { baseSource } from "./base-source.ts";
import { chatSource, dialogueSequence } from "./chat-source.ts";
import { fimSequence } from "./fim-sequence.ts";
import type { OpenLessons } from "./lessons.ts";
import { tokenizerTexts } from "./tokenizer-texts.ts";

const json = trainTokenizer(tokenizerTexts(smallLessons, { seed: 1, samples: 50 }), 350);
const tokenizer = loadTokenizer(textFiles(json, "base"));
const template = llama3Template();

describe("the base model's data", () => {
  const sequences = first(baseSource(smallLessons, tokenizer, 1), 300).map(({ ids }) =>
    tokenizer.decode([...toArray(ids)]),
  );

  test("is texts and code between begin and end of text", () => {
    for (const text of sequences) expect(text).toMatch(/^<\|begin_of_text\|>.*<\|end_of_text\|>$/s);
  });

  test("has code with a hole among the texts", () => {
    const holes = sequences.filter((text) => text.includes("<fim_prefix>"));

    expect(holes.length).toBeGreaterThan(30);
    expect(holes.length).toBeLessThan(100);
  });
});

describe("the chat model's data", () => {
  const sequences = first(chatSource(smallLessons, { tokenizer, template, seed: 1, contextTokens: 300 }), 300);

  test("teaches the assistant's words and the end of its turns alone", () => {
    for (const { ids, lossMask } of sequences) {
      const learnt = tokenizer.decode(toArray(ids).filter((_, index) => lossMask![index] === 1));
      if (learnt.endsWith("<|end_of_text|>")) expect(learnt).toMatch(/^a \+ \d;<\|end_of_text\|>$/);
      else
        expect(learnt).toMatch(
          /^((\w+ lives in \w+\.|It is 12:30 in \w+\.|\{"name": "local_time", .*?\}\})<\|eot_id\|>)+$/,
        );
    }
  });

  test("has conversations of several questions", () => {
    const counts = sequences.map(({ ids }) => tokenizer.decode(toArray(ids)).split("Where does").length - 1);

    expect(Math.max(...counts)).toBeGreaterThan(2);
  });

  test("stays within the context", () => {
    expect(Math.max(...sequences.map(({ ids }) => ids.length))).toBeLessThanOrEqual(300);
  });
});

test("what was told stays alone: something else may have been told before", () => {
  const lessons: OpenLessons = (seed) => {
    const small = smallLessons(seed);
    return { ...small, dialogue: () => ({ ...small.dialogue(), task: "memory" }) };
  };

  const sequences = first(chatSource(lessons, { tokenizer, template, seed: 1, contextTokens: 300 }), 300);

  const begins = sequences.map(({ ids }) => tokenizer.decode(toArray(ids)).split("Where does").length - 1);
  expect(Math.max(...begins)).toBe(1);
});

test("a dialogue with tools shows them, and masks what they give back", () => {
  const dialogue = tools();

  const { ids, lossMask } = dialogueSequence(dialogue, { tokenizer, template });

  expect(tokenizer.decode(toArray(ids))).toContain("The time in a city.");
  const masked = tokenizer.decode(toArray(ids).filter((_, index) => lossMask![index] === 0));
  expect(masked).toContain("ipython<|end_header_id|>\n\n12:30<|eot_id|>");
});

test("a hole begins with exactly the ids that a model is given to fill it", () => {
  const hole = { prefix: "let a = ", middle: "1", suffix: ";\n" };
  const format = findFim(tokenizer)!;
  const prompt = encodeFim(tokenizer, format, renderFim(format, hole));

  const { ids, lossMask } = fimSequence(tokenizer, hole, "middle");

  expect(toArray(ids).slice(0, prompt.length)).toEqual(prompt);
  expect(toArray(ids).slice(prompt.length)).toEqual([...tokenizer.encode("1"), tokenizer.tokenToId("<|end_of_text|>")]);
  expect(toArray(lossMask!)).toEqual(toArray(ids).map((_, index) => (index < prompt.length ? 0 : 1)));
});

test("a tokenizer without markers is refused", () => {
  const none: Tokenizer = { ...tokenizer, tokenToId: () => undefined };

  expect(() => fimSequence(none, { prefix: "", middle: "", suffix: "" }, "all")).toThrow(
    expect.objectContaining({ code: "ERR_UNSUPPORTED" }),
  );
});

// --- internal ---

function toArray(values: ArrayLike<number>): number[] {
  return Array.from(values);
}

function first(source: SequenceSource, count: number): TrainingSequence[] {
  const taken: TrainingSequence[] = [];
  // The recipe's sources are synchronous.
  for (const sequence of source(0) as Iterable<TrainingSequence>) {
    if (taken.push(sequence) === count) break;
  }
  return taken;
}

function tools() {
  const lessons = smallLessons(1);
  for (;;) {
    const dialogue = lessons.dialogue();
    if (dialogue.tools !== undefined) return dialogue;
  }
}
