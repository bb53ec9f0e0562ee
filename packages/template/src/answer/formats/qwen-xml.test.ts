import { type AnswerExample, answerParserContract } from "@palaver/core/testing";
import { describe, test } from "vitest";
import { answerParserFor } from "../answer-parser.ts";

const parameters = {
  type: "object",
  properties: {
    path: { type: "string" },
    lines: { type: "integer" },
    options: { type: "object" },
    dry: { type: "boolean" },
  },
};
const tools = [{ name: "write", parameters }, { name: "now" }];
const call = (name: string, values: object) =>
  ({ type: "tool-call", id: "call_0", name, arguments: { ...values } }) as const;

describe("calls of Qwen 3 Coder", () => {
  const examples: AnswerExample[] = [
    {
      name: "values by the tool's schema",
      answer:
        "I write it.\n<tool_call>\n<function=write>\n<parameter=path>\n12\n</parameter>\n<parameter=lines>\n3\n</parameter>\n" +
        '<parameter=options>\n{"mode": [6, 4, 4]}\n</parameter>\n<parameter=dry>\ntrue\n</parameter>\n</function>\n</tool_call>',
      events: [
        { type: "text-delta", text: "I write it." },
        call("write", { path: "12", lines: 3, options: { mode: [6, 4, 4] }, dry: true }),
      ],
    },
    {
      name: "text of several lines with its blanks",
      answer: "<tool_call><function=write><parameter=path>\n  a\n\n</parameter></function></tool_call>",
      events: [call("write", { path: "  a\n" })],
    },
    {
      name: "a value that is no JSON and a key without a schema as text",
      answer:
        "<tool_call><function=write><parameter=lines>many</parameter><parameter=x>1</parameter></function></tool_call>",
      events: [call("write", { lines: "many", x: "1" })],
    },
    {
      name: "a call without parameters and without the outer tag",
      answer: "<function=now>\n</function>",
      events: [call("now", {})],
    },
    {
      name: "a tag in the middle of a sentence as text",
      answer: "The <tool_call> tag.",
      events: [{ type: "text-delta", text: "The <tool_call> tag." }],
    },
    {
      name: "JSON instead of tags as an error",
      answer: '<tool_call>{"name": "now"}</tool_call>Done.',
      events: [
        { type: "tool-call-error", raw: '<tool_call>{"name": "now"}</tool_call>' },
        { type: "text-delta", text: "Done." },
      ],
    },
    {
      name: "a call that is cut off as an error",
      answer: "<tool_call>\n<function=write>\n<parameter=path>\n/tmp",
      events: [{ type: "tool-call-error", raw: "<tool_call>\n<function=write>\n<parameter=path>\n/tmp" }],
    },
  ];
  const create = () => answerParserFor({ format: { calls: "qwen-xml" }, tools });
  for (const { name, run } of answerParserContract({ create, examples })) test(name, run);
});
