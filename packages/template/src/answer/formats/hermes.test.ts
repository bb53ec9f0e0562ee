import { answerParserContract } from "@palaver/core/testing";
import { describe, test } from "vitest";
import { answerParserFor } from "../answer-parser.ts";

const tools = [{ name: "get_weather" }, { name: "now" }];
const call = (name: string, args: object, id: string) =>
  ({ type: "tool-call", id, name, arguments: { ...args } }) as const;

describe("Hermes calls", () => {
  const examples = [
    { name: "plain text", answer: "Hello there.\n", events: [{ type: "text-delta", text: "Hello there.\n" }] },
    {
      name: "one call",
      answer: '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Oslo"}}\n</tool_call>',
      events: [call("get_weather", { city: "Oslo" }, "call_0")],
    },
    {
      name: "text and two calls, without the line breaks of the format",
      answer:
        'Let me look.\n<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>\n' +
        '<tool_call>\n{"name": "get_weather", "arguments": {"days": [1, 2]}}\n</tool_call>\n',
      events: [
        { type: "text-delta", text: "Let me look." },
        call("now", {}, "call_0"),
        call("get_weather", { days: [1, 2] }, "call_1"),
      ],
    },
    {
      name: "text behind a call with what separates it from earlier text",
      answer: 'One.\n<tool_call>{"name": "now", "arguments": {}}</tool_call>\nTwo.',
      events: [{ type: "text-delta", text: "One." }, call("now", {}, "call_0"), { type: "text-delta", text: "\nTwo." }],
    },
    {
      name: "a closing tag inside of a string as part of the string",
      answer: '<tool_call>{"name": "now", "arguments": {"a": "</tool_call>\\""}}</tool_call>',
      events: [call("now", { a: '</tool_call>"' }, "call_0")],
    },
    {
      name: "a call of a tool that was not offered",
      answer: '<tool_call>{"name": "rm", "arguments": {}}</tool_call>',
      events: [call("rm", {}, "call_0")],
    },
    {
      name: "a complete call whose closing tag is missing at the end",
      answer: '<tool_call>\n{"name": "now", "arguments": {}}\n',
      events: [call("now", {}, "call_0")],
    },
    {
      name: "arguments that are JSON in a string",
      answer: '<tool_call>{"name": "now", "arguments": "{\\"zone\\": \\"UTC\\"}"}</tool_call>',
      events: [call("now", { zone: "UTC" }, "call_0")],
    },
    {
      name: "a key called __proto__ as a key",
      answer: '<tool_call>{"name": "now", "arguments": {"__proto__": {"admin": true}}}</tool_call>',
      events: [call("now", JSON.parse('{"__proto__": {"admin": true}}'), "call_0")],
    },
    {
      name: "a tag in the middle of a sentence as text",
      answer: "The <tool_call> tag begins a call, </tool_call> ends it.",
      events: [{ type: "text-delta", text: "The <tool_call> tag begins a call, </tool_call> ends it." }],
    },
    {
      name: "beginnings of tags as text",
      answer: "a<tool_<tool_cal <<tool",
      events: [{ type: "text-delta", text: "a<tool_<tool_cal <<tool" }],
    },
    {
      name: "invalid JSON as an error, and the call behind it",
      answer:
        'So:\n<tool_call>\n{"name": now}\n</tool_call>\n<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>',
      events: [
        { type: "text-delta", text: "So:" },
        { type: "tool-call-error", raw: '<tool_call>\n{"name": now}\n</tool_call>' },
        call("now", {}, "call_0"),
      ],
    },
    {
      name: "a tag that begins a line and no JSON as an error",
      answer: "<tool_call>get_weather(Oslo)</tool_call> Done.",
      events: [
        { type: "tool-call-error", raw: "<tool_call>get_weather(Oslo)</tool_call>" },
        { type: "text-delta", text: "Done." },
      ],
    },
    {
      name: "a tag that begins a later line and no JSON as an error",
      answer: "See:\n<tool_call>now</tool_call>",
      events: [
        { type: "text-delta", text: "See:" },
        { type: "tool-call-error", raw: "<tool_call>now</tool_call>" },
      ],
    },
    {
      name: "a string that is never closed as an error of its own line",
      answer:
        '<tool_call>{"name": "now", "arguments": {"a": "x}}\n</tool_call>\n<tool_call>{"name": "now", "arguments": {}}</tool_call>',
      events: [
        { type: "tool-call-error", raw: '<tool_call>{"name": "now", "arguments": {"a": "x}}\n</tool_call>' },
        call("now", {}, "call_0"),
      ],
    },
    {
      name: "a call that is cut off as an error",
      answer: 'Wait. <tool_call>\n{"name": "get_weather", "arguments": {"city": "Os',
      events: [
        { type: "text-delta", text: "Wait." },
        { type: "tool-call-error", raw: '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Os' },
      ],
    },
    {
      name: "a call without a name as an error",
      answer: '<tool_call>{"arguments": {}}</tool_call>',
      events: [{ type: "tool-call-error", raw: '<tool_call>{"arguments": {}}</tool_call>' }],
    },
    {
      name: "a number too large for JSON as an error",
      answer: '<tool_call>{"name": "now", "arguments": {"n": 1e999}}</tool_call>',
      events: [{ type: "tool-call-error", raw: '<tool_call>{"name": "now", "arguments": {"n": 1e999}}</tool_call>' }],
    },
    {
      name: "tags that are control tokens in the vocabulary",
      answer: [{ control: "<tool_call>" }, '{"name": "now", "arguments": {}}', { control: "</tool_call>" }, "ok"],
      events: [call("now", {}, "call_0"), { type: "text-delta", text: "ok" }],
    },
    {
      name: "control tokens without a meaning as nothing",
      answer: ["Yes", { control: "<|im_end|>" }],
      events: [{ type: "text-delta", text: "Yes" }],
    },
  ] as const;

  for (const { name, run } of answerParserContract({
    create: () => answerParserFor({ format: { calls: "hermes" }, tools }),
    examples,
  })) {
    test(name, run);
  }
});

describe("Hermes calls where the vocabulary holds the tags as control tokens", () => {
  const answer = '<tool_call>{"name": "now", "arguments": {}}</tool_call>';
  const examples = [
    { name: "tags spelled by text as text", answer, events: [{ type: "text-delta", text: answer }] },
    {
      name: "a call with a spelled tag in front of its own end as an error",
      answer: [
        { control: "<tool_call>" },
        '{"name": "now", "arguments": {}}</tool_call>',
        { control: "</tool_call>" },
        "ok",
      ],
      events: [
        { type: "tool-call-error", raw: `${answer}</tool_call>` },
        { type: "text-delta", text: "ok" },
      ],
    },
  ] as const;

  for (const { name, run } of answerParserContract({
    create: () => answerParserFor({ format: { calls: "hermes" }, tools, isControl: (s) => s.includes("tool_call") }),
    examples,
  })) {
    test(name, run);
  }
});

describe("Hermes calls without tools", () => {
  const answer = 'See\n<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>\n';
  const examples = [
    { name: "what looks like a call as text", answer, events: [{ type: "text-delta", text: answer }] },
    {
      name: "a call by control tokens as an error",
      answer: [{ control: "<tool_call>" }, '{"name": "now", "arguments": {}}', { control: "</tool_call>" }],
      events: [{ type: "tool-call-error", raw: '<tool_call>{"name": "now", "arguments": {}}</tool_call>' }],
    },
  ] as const;

  for (const { name, run } of answerParserContract({
    create: () => answerParserFor({ format: { calls: "hermes" } }),
    examples,
  })) {
    test(name, run);
  }
});
