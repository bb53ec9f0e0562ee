import { readFileSync } from "node:fs";
import type { JsonObject, ToolDefinition } from "@palaver/core";
import { parseAnswer } from "@palaver/core/testing";
import { describeSharedData } from "@palaver/test-data";
import { expect, test } from "vitest";
import type { AnswerFormat } from "./answer-format.ts";
import { answerParserFor } from "./answer-parser.ts";

interface Call {
  readonly name: string;
  readonly arguments: JsonObject;
}

const json = (name: string, args: string) => (call: Call) =>
  `{"${name}": ${JSON.stringify(call.name)}, "${args}": ${JSON.stringify(call.arguments)}}`;

// How each family's publisher shows its calls.
const writers: [AnswerFormat, (calls: readonly Call[]) => string][] = [
  [
    { calls: "hermes" },
    (calls) => calls.map((c) => `<tool_call>\n${json("name", "arguments")(c)}\n</tool_call>`).join("\n"),
  ],
  [{ calls: "llama" }, (calls) => calls.map(json("name", "parameters")).join("; ")],
  [{ calls: "llama" }, (calls) => `[${calls.map((c) => `${c.name}(${keywords(c.arguments)})`).join(", ")}]`],
  [{ calls: "generic-json" }, (calls) => `[${calls.map(json("name", "arguments")).join(", ")}]`],
  [{ calls: "phi" }, (calls) => `<|tool_call|>[${calls.map(json("name", "arguments")).join(", ")}]<|/tool_call|>`],
  [{ calls: "functools" }, (calls) => `functools[${calls.map(json("name", "arguments")).join(", ")}]`],
  [
    { calls: "deepseek" },
    (calls) =>
      `<｜tool▁calls▁begin｜>${calls
        .map(
          (c) =>
            `<｜tool▁call▁begin｜>function<｜tool▁sep｜>${c.name}\n\`\`\`json\n${JSON.stringify(c.arguments)}\n\`\`\`<｜tool▁call▁end｜>`,
        )
        .join("\n")}<｜tool▁calls▁end｜>`,
  ],
  [
    { calls: "command-r" },
    (calls) => `<|START_ACTION|>[\n${calls.map(json("tool_name", "parameters")).join(",\n")}\n]<|END_ACTION|>`,
  ],
];

describeSharedData(
  "the calls of published function-calling tasks",
  ["BFCL_v4_simple_python", "BFCL_v4_parallel"].flatMap((name) => [
    `eval/bfcl/${name}.json`,
    `eval/bfcl/possible_answer/${name}.json`,
  ]),
  (...paths) => {
    const lines = (path = "") =>
      readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line));
    const tasks = [...lines(paths[0]), ...lines(paths[2])];
    const answers = [...lines(paths[1]), ...lines(paths[3])];

    test.each(writers)("are read back in the form of %o", (format, write) => {
      expect(tasks.length).toBeGreaterThan(500);
      for (const [index, task] of tasks.entries()) {
        const tools: ToolDefinition[] = task.function;
        const expected: Call[] = answers[index].ground_truth.map(firstAnswer);
        const pieces = (write(expected).match(/.{1,5}/gsu) ?? []).map((text) => ({ text }));

        const events = parseAnswer(answerParserFor({ format, tools }), pieces);

        expect(events).toEqual(expected.map((call, i) => ({ type: "tool-call", id: `call_${i}`, ...call })));
      }
    });
  },
);

/** A task lists the values that it accepts for each argument; "" stands for leaving it out. */
function firstAnswer(answer: Record<string, Record<string, JsonObject[string][]>>): Call {
  const [name = "", accepted = {}] = Object.entries(answer)[0] ?? [];
  const given = Object.entries(accepted).flatMap(([key, [value]]) =>
    value === undefined || value === "" ? [] : [[key, value]],
  );
  return { name, arguments: Object.fromEntries(given) };
}

function keywords(values: JsonObject): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${pythonOf(value)}`)
    .join(", ");
}

function pythonOf(value: unknown): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(pythonOf).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${pythonOf(item)}`)
    .join(", ")}}`;
}
