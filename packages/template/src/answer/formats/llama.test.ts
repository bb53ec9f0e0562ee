import { answerParserContract } from "@palaver/core/testing";
import { describe, test } from "vitest";
import { answerParserFor } from "../answer-parser.ts";

const tools = [{ name: "get_weather" }, { name: "get_wind" }, { name: "brave_search" }, { name: "math.hypot" }];
const tag = { control: "<|python_tag|>" } as const;
const call = (name: string, args: object, id = "call_0") =>
  ({ type: "tool-call", id, name, arguments: { ...args } }) as const;
const broken = (answer: string) => ({ answer, events: [{ type: "tool-call-error", raw: answer }] }) as const;
const text = (answer: string) => ({ answer, events: [{ type: "text-delta", text: answer }] }) as const;

describe("Llama calls", () => {
  const examples = [
    {
      name: "a bare JSON call",
      answer: '{"name": "get_weather", "parameters": {"city": "Oslo"}}',
      events: [call("get_weather", { city: "Oslo" })],
    },
    {
      name: "a bare JSON call with its type and with its name last",
      answer: '\n{"type": "function", "parameters": {"city": "Oslo"}, "name": "get_weather"}',
      events: [call("get_weather", { city: "Oslo" })],
    },
    {
      name: "several JSON calls set apart by semicolons",
      answer: '{"name": "get_weather", "parameters": {}}; {"name": "get_wind", "parameters": {"knots": true}}',
      events: [call("get_weather", {}), call("get_wind", { knots: true }, "call_1")],
    },
    {
      name: "a JSON call behind the python tag",
      answer: [tag, '{"type": "function", "name": "get_wind", "parameters": {}}', { control: "<|eom_id|>" }],
      events: [call("get_wind", {})],
    },
    {
      name: "a built-in tool's call",
      answer: [tag, 'brave_search.call(query="tides in \\"Oslo\\"")', { control: "<|eom_id|>" }],
      events: [call("brave_search", { query: 'tides in "Oslo"' })],
    },
    {
      name: "a function tag behind text",
      answer: 'I look it up: <function=get_weather>{"city": "Oslo"}</function>',
      events: [{ type: "text-delta", text: "I look it up:" }, call("get_weather", { city: "Oslo" })],
    },
    {
      name: "calls written as Python",
      answer: "[get_weather(city='Oslo', days=[1, 2]), math.hypot(x=3, y=-4.5), get_wind()]",
      events: [
        call("get_weather", { city: "Oslo", days: [1, 2] }),
        call("math.hypot", { x: 3, y: -4.5 }, "call_1"),
        call("get_wind", {}, "call_2"),
      ],
    },
    { name: "JSON that calls a stranger as text", ...text('{"name": "rm", "parameters": {}}') },
    { name: "JSON that is an answer as text", ...text('{"name": "get_weather", "description": "weather"}') },
    { name: "JSON in the middle of an answer as text", ...text('Eg: {"name": "get_wind", "parameters": {}}') },
    {
      name: "a named tool without an object of arguments as text",
      ...text('{"name": "get_wind", "parameters": null}'),
    },
    { name: "a list of calls of strangers as text", ...text("[rm(path='/')]") },
    { name: "a list of other things as text", ...text("[get_weather, 3]") },
    { name: "a call of no arguments inside of other things as text", ...text("[get_wind() + 3]") },
    { name: "a link as text", ...text("[get_wind](https://example.org)") },
    { name: "a comparison as text", ...text("[get_wind(a == 1)]") },
    { name: "a function tag of a stranger as text", ...text("<function=rm>{}</function>") },
    { name: "the spelled python tag as text", ...text('<|python_tag|>brave_search.call(query="x")') },
    { name: "a named call that breaks as an error", ...broken('{"name": "get_wind", "parameters": {"knots": yes}}') },
    { name: "a named call that is cut off as an error", ...broken('{"name": "get_wind", "parameters": {"kno') },
    {
      name: "a second name that was not offered as an error",
      ...broken('{"name": "get_wind", "parameters": {}, "name": "rm"}'),
    },
    { name: "a list that holds something else than calls as an error", ...broken("[get_wind(knots=True), 3]") },
    { name: "a list with a call of a stranger as an error", ...broken("[get_wind(), rm(path='/')]") },
    { name: "Python that is no literal as an error", ...broken("[get_wind(knots=open('/etc/passwd').read())]") },
    {
      name: "a program without a tool that runs it as an error",
      answer: [tag, "import os\nos.getcwd()"],
      events: [{ type: "tool-call-error", raw: "<|python_tag|>import os\nos.getcwd()" }],
    },
  ] as const;

  for (const { name, run } of answerParserContract({
    create: () => answerParserFor({ format: { calls: "llama" }, tools }),
    examples,
  })) {
    test(name, run);
  }
});

describe("Llama calls with a code interpreter", () => {
  const examples = [
    {
      name: "a program behind the python tag as a call",
      answer: [tag, "import math\nprint({1: math.pi})", { control: "<|eom_id|>" }],
      events: [call("code_interpreter", { code: "import math\nprint({1: math.pi})" })],
    },
    {
      name: "a program that begins like JSON as a call",
      answer: [tag, "{x: x * x for x in range(3)}"],
      events: [call("code_interpreter", { code: "{x: x * x for x in range(3)}" })],
    },
  ] as const;

  for (const { name, run } of answerParserContract({
    create: () => answerParserFor({ format: { calls: "llama" }, tools: [{ name: "code_interpreter" }] }),
    examples,
  })) {
    test(name, run);
  }
});
