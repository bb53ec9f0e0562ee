import type { JsonValue, ToolDefinition } from "@palaver/core";
import type { AnswerReader, Streaming } from "../answer-reader.ts";
import { broken, type CallFormat, type CallReader, type CallReading, calls, TEXT } from "../call-format.ts";
import { closedBy, memberOf, parseJson } from "../json-calls.ts";

const open = "<tool_call>";
const close = "</tool_call>";
const functionOpen = "<function=";
const functionClose = "</function>";
const parameterOpen = "<parameter=";
const parameterClose = "</parameter>";

/**
 * Qwen 3 Coder: `<tool_call><function=NAME><parameter=KEY>VALUE</parameter>…</function></tool_call>`. Values are plain
 * text, so the tool's schema decides: a string stays as it is, anything else is JSON if it can be read as such.
 * Source: https://huggingface.co/Qwen/Qwen3-Coder-30B-A3B-Instruct
 */
export const qwenXml: CallFormat = {
  appearsIn: (source) => source.includes(open) && source.includes(parameterOpen),
  openers: (tools) => [
    { marker: open, close, read: readCall(tools) },
    // The outer tag is left out now and then.
    ...tools.map(({ name }) => ({
      marker: `${functionOpen}${name}>`,
      close: functionClose,
      read: (reader: AnswerReader) => readParameters(reader, name, tools),
    })),
  ],
};

// --- internal ---

function readCall(tools: readonly ToolDefinition[]): CallReader {
  return function* (reader, { inline }) {
    yield* reader.spaces();
    if (!(yield* reader.literal(functionOpen))) return inline ? TEXT : broken(`the call has no ${functionOpen}`);
    const name = yield* textBefore(reader, ">");
    if (name === undefined) return broken("the answer ends inside the call");
    return yield* closedBy(close, reader, yield* readParameters(reader, name.trim(), tools));
  };
}

function* readParameters(reader: AnswerReader, name: string, tools: readonly ToolDefinition[]): Streaming<CallReading> {
  const values = new Map<string, JsonValue>();
  for (;;) {
    yield* reader.spaces();
    if (yield* reader.literal(functionClose)) break;
    if (!(yield* reader.literal(parameterOpen)))
      return broken(`the call has neither ${parameterOpen} nor ${functionClose}`);
    const key = yield* textBefore(reader, ">");
    const text = key === undefined ? undefined : yield* textBefore(reader, parameterClose);
    if (key === undefined || text === undefined) return broken("the answer ends inside the call");
    values.set(key.trim(), typedValue(text, tools, { name, key: key.trim() }));
  }
  return name === "" ? broken("the call has no name") : calls({ name, arguments: Object.fromEntries(values) });
}

function* textBefore(reader: AnswerReader, marker: string): Streaming<string | undefined> {
  const start = reader.position;
  return (yield* reader.past(marker)) ? reader.textFrom(start, reader.position - marker.length) : undefined;
}

/** The line breaks next to the tags belong to them. */
function typedValue(text: string, tools: readonly ToolDefinition[], place: { name: string; key: string }): JsonValue {
  const value = text.replace(/^\n/, "").replace(/\n$/, "");
  const properties = memberOf(tools.find(({ name }) => name === place.name)?.parameters, "properties");
  const type = memberOf(memberOf(properties, place.key), "type");
  return type === undefined || type === "string" ? value : (parseJson(value.trim()) ?? value);
}
