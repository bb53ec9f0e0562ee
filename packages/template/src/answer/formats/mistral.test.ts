import { answerParserContract } from "@palaver/core/testing";
import { describe, test } from "vitest";
import { answerParserFor } from "../answer-parser.ts";

const tools = [{ name: "get_weather" }, { name: "now" }];
const toolCalls = { control: "[TOOL_CALLS]" } as const;
const args = { control: "[ARGS]" } as const;
const callId = { control: "[CALL_ID]" } as const;
const call = (name: string, values: object, id: string) =>
  ({ type: "tool-call", id, name, arguments: { ...values } }) as const;

describe("Mistral calls", () => {
  const examples = [
    {
      name: "a list of calls with the model's ids",
      answer: [
        "I look.",
        toolCalls,
        ' [{"name": "get_weather", "arguments": {"city": "Paris"}, "id": "a1B2c3D4e"}, ',
        '{"name": "now", "arguments": {}, "id": "000000001"}]',
      ],
      events: [
        { type: "text-delta", text: "I look." },
        call("get_weather", { city: "Paris" }, "a1B2c3D4e"),
        call("now", {}, "000000001"),
      ],
    },
    {
      name: "calls whose ids cannot be used, with ids of nine characters",
      answer: [
        toolCalls,
        '[{"name": "now", "arguments": {}, "id": "short"}, {"name": "now", "arguments": {}}, ',
        '{"name": "now", "arguments": {}, "id": "aaaaaaaaa"}, {"name": "now", "arguments": {}, "id": "aaaaaaaaa"}]',
      ],
      events: [
        call("now", {}, "call00000"),
        call("now", {}, "call00001"),
        call("now", {}, "aaaaaaaaa"),
        call("now", {}, "call00002"),
      ],
    },
    {
      name: "named calls",
      answer: [toolCalls, "get_weather", args, '{"city": "Paris"}', toolCalls, "now", args, "{}"],
      events: [call("get_weather", { city: "Paris" }, "call00000"), call("now", {}, "call00001")],
    },
    {
      name: "a named call with its id",
      answer: [toolCalls, "now", callId, "123456789", args, "{}"],
      events: [call("now", {}, "123456789")],
    },
    {
      name: "the spelled marker as text",
      answer: '[TOOL_CALLS] [{"name": "now", "arguments": {}}]',
      events: [{ type: "text-delta", text: '[TOOL_CALLS] [{"name": "now", "arguments": {}}]' }],
    },
    {
      name: "a spelled marker inside of a call as an error",
      answer: [toolCalls, "now[ARGS]{}"],
      events: [{ type: "tool-call-error", raw: "[TOOL_CALLS]now[ARGS]{}" }],
    },
    {
      name: "a list with one bad call as one error",
      answer: [toolCalls, '[{"name": "now", "arguments": {}}, {"name": "now", "arguments": [1]}]'],
      events: [
        {
          type: "tool-call-error",
          raw: '[TOOL_CALLS][{"name": "now", "arguments": {}}, {"name": "now", "arguments": [1]}]',
        },
      ],
    },
    {
      name: "an empty list as an error",
      answer: [toolCalls, "[]"],
      events: [{ type: "tool-call-error", raw: "[TOOL_CALLS][]" }],
    },
  ] as const;

  for (const { name, run } of answerParserContract({
    create: () => answerParserFor({ format: { calls: "mistral" }, tools }),
    examples,
  })) {
    test(name, run);
  }
});

describe("Mistral calls in an answer that came without its control tokens", () => {
  const examples = [
    {
      name: "spelled markers as markers",
      answer: '[TOOL_CALLS]now[ARGS]{"a": [1]}[TOOL_CALLS]now[CALL_ID]123456789[ARGS]{}',
      events: [call("now", { a: [1] }, "call00000"), call("now", {}, "123456789")],
    },
  ] as const;

  for (const { name, run } of answerParserContract({
    create: () => answerParserFor({ format: { calls: "mistral" }, tools, isControl: () => false }),
    examples,
  })) {
    test(name, run);
  }
});
