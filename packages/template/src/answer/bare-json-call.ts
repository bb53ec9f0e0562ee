import type { ToolDefinition } from "@palaver/core";
import type { AnswerReader, Streaming } from "./answer-reader.ts";
import { balancedText } from "./balanced-text.ts";
import { broken, type CallReader, type CallReading, TEXT } from "./call-format.ts";
import { jsonCalls } from "./json-calls.ts";
import { PrefixTree } from "./prefix-tree.ts";

type CallKey = "name" | "arguments" | "type" | "id";

// The keys of a call. Any other key means that the object is an answer in JSON and no call.
const callKeys = new PrefixTree<CallKey>()
  .addText('"name"', "name")
  .addText('"arguments"', "arguments")
  .addText('"parameters"', "arguments")
  .addText('"type"', "type")
  .addText('"id"', "id");

/**
 * Reads a call that nothing marks: `{"name": "…", "parameters": {…}}`, a list of such, or the next one after `;`.
 * It is a call once an offered tool is named and its arguments begin; what deviates before that is text.
 */
export function bareJsonCall(tools: readonly ToolDefinition[]): CallReader {
  const names = new PrefixTree<string>();
  for (const { name } of tools) names.addText(JSON.stringify(name), name);
  return function* (reader, { afterCall }) {
    if (afterCall && (yield* reader.literal(";"))) yield* reader.spaces();
    const start = reader.position;
    if (!(yield* isCall(reader, names))) return TEXT;
    reader.position = start;
    const value = yield* balancedText(reader, '"');
    if ("reason" in value) return broken(value.reason);
    return offeredOnly(jsonCalls(value.text), tools);
  };
}

/** The reading, unless it holds a call of a tool that was not offered. */
export function offeredOnly(reading: CallReading, tools: readonly ToolDefinition[]): CallReading {
  if (reading.type !== "calls") return reading;
  const stranger = reading.calls.find((call) => !tools.some((tool) => tool.name === call.name));
  return stranger === undefined ? reading : broken(`no tool is called ${JSON.stringify(stranger.name)}`);
}

// --- internal ---

function* isCall(reader: AnswerReader, names: PrefixTree<string>): Streaming<boolean> {
  if (yield* reader.literal("[")) yield* reader.spaces();
  if (!(yield* reader.literal("{"))) return false;
  let named = false;
  let hasArguments = false;
  for (;;) {
    yield* reader.spaces();
    const key = yield* reader.match(callKeys);
    if (key === undefined) return false;
    yield* reader.spaces();
    if (!(yield* reader.literal(":"))) return false;
    yield* reader.spaces();
    if (key === "arguments" && (yield* reader.peek()) !== "{") return false;
    if (key === "arguments" && named) return true;
    if (!(yield* passValue(reader, key, names))) return false;
    if (key === "name") named = true;
    if (key === "arguments") hasArguments = true;
    if (named && hasArguments) return true;
    yield* reader.spaces();
    if (!(yield* reader.literal(","))) return false;
  }
}

function* passValue(reader: AnswerReader, key: CallKey, names: PrefixTree<string>): Streaming<boolean> {
  switch (key) {
    case "name":
      return (yield* reader.match(names)) !== undefined;
    case "type":
      return yield* reader.literal('"function"');
    case "arguments":
      return "text" in (yield* balancedText(reader, '"'));
    case "id":
      return yield* passSimpleString(reader);
  }
  key satisfies never;
}

// An id has no escapes; whatever has some is no id.
function* passSimpleString(reader: AnswerReader): Streaming<boolean> {
  if (!(yield* reader.literal('"'))) return false;
  for (;;) {
    const sign = reader.here ?? (yield* reader.peek());
    if (sign.length !== 1 || sign === "\\" || sign === "\n") return false;
    reader.position++;
    if (sign === '"') return true;
  }
}
