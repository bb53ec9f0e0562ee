import { answerParserContract } from "@palaver/core/testing";
import { describe, test } from "vitest";
import { answerParserFor } from "../answer-parser.ts";

const tools = [{ name: "get_weather" }, { name: "now" }];
const begin = "<｜tool▁calls▁begin｜>";
const end = "<｜tool▁calls▁end｜>";
const fenced = (name: string, json: string) =>
  `<｜tool▁call▁begin｜>function<｜tool▁sep｜>${name}\n\`\`\`json\n${json}\n\`\`\`<｜tool▁call▁end｜>`;
const call = (name: string, values: object, id: string) =>
  ({ type: "tool-call", id, name, arguments: { ...values } }) as const;

describe("DeepSeek calls", () => {
  const examples = [
    {
      name: "reasoning, text and two calls in fenced blocks",
      answer: `Two places.\n</think>\n\nI look.${begin}${fenced("get_weather", '{"city": "Paris"}')}\n${fenced("now", "{}")}${end}`,
      events: [
        { type: "reasoning-delta", text: "Two places." },
        { type: "text-delta", text: "I look." },
        call("get_weather", { city: "Paris" }, "call_0"),
        call("now", {}, "call_1"),
      ],
    },
    {
      name: "the calls of V3.1",
      answer: `</think>${begin}<｜tool▁call▁begin｜>now<｜tool▁sep｜>{"zone": "UTC"}<｜tool▁call▁end｜>${end}`,
      events: [call("now", { zone: "UTC" }, "call_0")],
    },
    {
      name: "a call whose own begin is missing",
      answer: `</think>${begin}function<｜tool▁sep｜>now\n\`\`\`json\n{}\n\`\`\`<｜tool▁call▁end｜>${end}`,
      events: [call("now", {}, "call_0")],
    },
    {
      name: "markers inside of a string as part of the string",
      answer: `</think>${begin}${fenced("now", `{"a": "${end}\`\`\`"}`)}${end}`,
      events: [call("now", { a: `${end}\`\`\`` }, "call_0")],
    },
    {
      name: "markers inside of the reasoning as reasoning",
      answer: `Then I write ${begin}${fenced("now", "{}")}${end}.</think>Done.`,
      events: [
        { type: "reasoning-delta", text: `Then I write ${begin}${fenced("now", "{}")}${end}.` },
        { type: "text-delta", text: "Done." },
      ],
    },
    {
      name: "a broken call as an error, and the next one",
      answer: `</think>${begin}${fenced("now", '{"a": }')}\n${fenced("now", "{}")}${end}`,
      events: [{ type: "tool-call-error", raw: `${begin}${fenced("now", '{"a": }')}` }, call("now", {}, "call_0")],
    },
  ] as const;

  for (const { name, run } of answerParserContract({
    create: () =>
      answerParserFor({ format: { calls: "deepseek", reasoning: "think" }, tools, startsInReasoning: true }),
    examples,
  })) {
    test(name, run);
  }
});
