import { type AnswerExample, answerParserContract } from "@palaver/core/testing";
import { describe, expect, test } from "vitest";
import type { AnswerFormat } from "../answer-format.ts";
import { answerParserFor } from "../answer-parser.ts";

const tools = [{ name: "get_weather" }, { name: "now" }];
const call = (name: string, values: object, id = "call_0") =>
  ({ type: "tool-call", id, name, arguments: { ...values } }) as const;
const text = (answer: string) => ({ answer, events: [{ type: "text-delta", text: answer }] }) as const;
const list = '[{"name": "now", "arguments": {}}, {"name": "get_weather", "arguments": {"city": "Oslo"}}]';
const listed = [call("now", {}), call("get_weather", { city: "Oslo" }, "call_1")];

const cases: readonly { title: string; format: AnswerFormat; examples: readonly AnswerExample[] }[] = [
  {
    title: "Phi calls",
    format: { calls: "phi" },
    examples: [
      { name: "a list between the markers", answer: `<|tool_call|>${list}<|/tool_call|>`, events: listed },
      { name: "a list without the closing marker", answer: `<|tool_call|>${list}`, events: listed },
      { name: "a list behind functools", answer: `functools${list}`, events: listed },
      { name: "the word functools as text", ...text("Python has functools and [lists].") },
      {
        name: "a broken list as an error",
        answer: "<|tool_call|>[now]<|/tool_call|>",
        events: [{ type: "tool-call-error", raw: "<|tool_call|>[now]<|/tool_call|>" }],
      },
    ],
  },
  {
    title: "FireFunction calls",
    format: { calls: "functools" },
    examples: [
      {
        name: "a list behind text",
        answer: `Sure. functools${list}`,
        events: [{ type: "text-delta", text: "Sure." }, ...listed],
      },
    ],
  },
  {
    title: "Command R calls",
    format: { calls: "command-r", reasoning: "command-r" },
    examples: [
      {
        name: "a plan and its calls",
        answer:
          "<|START_THINKING|>I check the time.<|END_THINKING|><|START_ACTION|>[\n" +
          '    {"tool_call_id": "0", "tool_name": "now", "parameters": {"zone": "UTC"}}\n]<|END_ACTION|>',
        events: [{ type: "reasoning-delta", text: "I check the time." }, call("now", { zone: "UTC" })],
      },
      {
        name: "an answer between its markers",
        answer: [{ control: "<|START_RESPONSE|>" }, "It is noon.", { control: "<|END_RESPONSE|>" }],
        events: [{ type: "text-delta", text: "It is noon." }],
      },
      {
        name: "calls under the keys of another format as an error",
        answer: `<|START_ACTION|>${list}<|END_ACTION|>`,
        events: [{ type: "tool-call-error", raw: `<|START_ACTION|>${list}<|END_ACTION|>` }],
      },
    ],
  },
  {
    title: "Python calls",
    format: { calls: "pythonic" },
    examples: [
      {
        name: "a list with nothing around it",
        answer: "[now(), get_weather(city=\"Oslo\", units=None, tags={'a': [True, False]})]",
        events: [
          call("now", {}),
          call("get_weather", { city: "Oslo", units: null, tags: { a: [true, false] } }, "call_1"),
        ],
      },
      {
        name: "a list between control tokens",
        answer: ["So: ", { control: "<|python_start|>" }, "[now()]", { control: "<|python_end|>" }],
        events: [{ type: "text-delta", text: "So:" }, call("now", {})],
      },
      { name: "a list of numbers as text", ...text("[1, 2, 3]") },
    ],
  },
  {
    title: "generic JSON calls",
    format: { calls: "generic-json" },
    examples: [
      {
        name: "one call",
        answer: '{"name": "get_weather", "arguments": {"city": "Oslo"}}',
        events: [call("get_weather", { city: "Oslo" })],
      },
      { name: "a list", answer: list, events: listed },
      { name: "a list in a code block", answer: `\`\`\`json\n${list}\n\`\`\``, events: listed },
      { name: "other JSON in a code block as text", ...text('```json\n{"city": "Oslo"}\n```') },
      { name: "a program in a code block as text", ...text("```js\nnow()\n```") },
    ],
  },
];

test("Command R's markers around an answer are nothing without tools as well", () => {
  const parser = answerParserFor({ format: { calls: "command-r" } });

  expect([...parser.push({ text: "<|START_RESPONSE|>Noon.<|END_RESPONSE|>" }), ...parser.end()]).toEqual([
    { type: "text-delta", text: "Noon." },
  ]);
});

for (const { title, format, examples } of cases) {
  describe(title, () => {
    const create = () => answerParserFor({ format, tools });
    for (const { name, run } of answerParserContract({ create, examples })) test(name, run);
  });
}
