import { type AnswerExample, answerParserContract } from "@palaver/core/testing";
import { describe, test } from "vitest";
import { answerParserFor } from "./answer-parser.ts";

const call = '<tool_call>{"name": "now", "arguments": {}}</tool_call>';
const tools = [{ name: "now" }];

describe("reasoning that the model opens", () => {
  const examples: AnswerExample[] = [
    {
      name: "reasoning without the blanks at its ends",
      answer: "\n<think>\nOne.\n\nTwo.\n</think>\n\nYes.",
      events: [
        { type: "reasoning-delta", text: "One.\n\nTwo." },
        { type: "text-delta", text: "Yes." },
      ],
    },
    {
      name: "empty reasoning as none",
      answer: "<think>\n\n</think>\n\nYes.",
      events: [{ type: "text-delta", text: "Yes." }],
    },
    {
      name: "a tag later on as text",
      answer: "Yes. <think>No.</think>",
      events: [{ type: "text-delta", text: "Yes. <think>No.</think>" }],
    },
    {
      name: "a call inside of the reasoning as reasoning, and one behind it as a call",
      answer: `<think>${call}</think>${call}`,
      events: [
        { type: "reasoning-delta", text: call },
        { type: "tool-call", id: "call_0", name: "now", arguments: {} },
      ],
    },
    {
      name: "reasoning that is cut off as reasoning",
      answer: "<think>Well </thi",
      events: [{ type: "reasoning-delta", text: "Well </thi" }],
    },
    {
      name: "tags that are control tokens, wherever they stand",
      answer: ["A", { control: "<think>" }, "B", { control: "</think>" }, "C"],
      events: [
        { type: "text-delta", text: "A" },
        { type: "reasoning-delta", text: "B" },
        { type: "text-delta", text: "C" },
      ],
    },
  ];
  const create = () => answerParserFor({ format: { calls: "hermes", reasoning: "think" }, tools });
  for (const { name, run } of answerParserContract({ create, examples })) test(name, run);
});

describe("reasoning that the prompt has opened", () => {
  const examples: AnswerExample[] = [
    {
      name: "reasoning from the first character on",
      answer: "Hm.</think>Yes.",
      events: [
        { type: "reasoning-delta", text: "Hm." },
        { type: "text-delta", text: "Yes." },
      ],
    },
    {
      name: "a second opening tag as nothing",
      answer: "\n<think>\nHm.</think>Yes.",
      events: [
        { type: "reasoning-delta", text: "Hm." },
        { type: "text-delta", text: "Yes." },
      ],
    },
    { name: "no reasoning", answer: "</think>Yes.", events: [{ type: "text-delta", text: "Yes." }] },
  ];
  const create = () =>
    answerParserFor({ format: { calls: "hermes", reasoning: "think" }, tools, startsInReasoning: true });
  for (const { name, run } of answerParserContract({ create, examples })) test(name, run);
});

describe("reasoning tags in a format without reasoning", () => {
  const examples: AnswerExample[] = [
    { name: "tags as text", answer: "<think>A</think>", events: [{ type: "text-delta", text: "<think>A</think>" }] },
  ];
  const create = () => answerParserFor({ format: { calls: "hermes" }, tools });
  for (const { name, run } of answerParserContract({ create, examples })) test(name, run);
});

describe("reasoning between Mistral's control tokens", () => {
  const examples: AnswerExample[] = [
    {
      name: "only the tokens as markers",
      answer: [{ control: "[THINK]" }, "A[/THINK]", { control: "[/THINK]" }, "B"],
      events: [
        { type: "reasoning-delta", text: "A[/THINK]" },
        { type: "text-delta", text: "B" },
      ],
    },
  ];
  const create = () => answerParserFor({ format: { calls: "mistral", reasoning: "magistral" }, tools });
  for (const { name, run } of answerParserContract({ create, examples })) test(name, run);
});
