import type { ToolDefinition } from "@palaver/core";
import { isControlSign } from "./answer-input.ts";
import type { AnswerReader, Streaming } from "./answer-reader.ts";
import { balancedText } from "./balanced-text.ts";
import { offeredOnly } from "./bare-json-call.ts";
import { broken, type CallReader, type CallReading, calls, TEXT, type WrittenCall } from "./call-format.ts";
import { PrefixTree } from "./prefix-tree.ts";
import { PythonLiteralReader } from "./python-literal.ts";

/** The quotes of Python's strings. */
export const PYTHON_QUOTES = "\"'";

const wordStart = /^[\p{L}_]$/u;
const wordSign = /^[\p{L}\p{N}_]$/u;

/** Calls from the text of a list: `[get_weather(city='Oslo'), now()]`. All or nothing. */
export function pythonCalls(text: string): CallReading {
  const reader = new PythonLiteralReader(text);
  const written: WrittenCall[] = [];
  if (!reader.sign("[")) return broken("the call is not a Python list");
  do {
    if (written.length > 0 && reader.sign("]")) return calls(...written);
    const name = reader.name();
    if (name === undefined || !reader.sign("(")) return broken("the list holds something other than calls");
    const values = reader.keywords();
    if (values === undefined) return broken(`the arguments of ${name} are not Python literals given by name`);
    written.push({ name, arguments: values });
  } while (reader.sign(","));
  return reader.sign("]") && reader.atEnd ? calls(...written) : broken("the list holds something other than calls");
}

/** One call from its name and the text of its arguments: `(query="tides")`. */
export function pythonCall(name: string, text: string): CallReading {
  const reader = new PythonLiteralReader(text);
  const values = reader.sign("(") ? reader.keywords() : undefined;
  if (values === undefined || !reader.atEnd) return broken("the arguments are not Python literals given by name");
  return calls({ name, arguments: values });
}

/**
 * Reads a list of calls that nothing marks. It is one once an offered tool is called with an argument by name, or with
 * nothing; what deviates before that (`[1, 2]`, `[see below](…)`) is text.
 */
export function barePythonCalls(tools: readonly ToolDefinition[]): CallReader {
  const names = new PrefixTree<string>();
  for (const { name } of tools) names.addText(`${name}(`, name);
  return function* (reader) {
    const start = reader.position;
    if (!(yield* isCall(reader, names))) return TEXT;
    reader.position = start;
    const list = yield* balancedText(reader, PYTHON_QUOTES);
    return "reason" in list ? broken(list.reason) : offeredOnly(pythonCalls(list.text), tools);
  };
}

// --- internal ---

function* isCall(reader: AnswerReader, names: PrefixTree<string>): Streaming<boolean> {
  if (!(yield* reader.literal("["))) return false;
  yield* reader.spaces();
  if ((yield* reader.match(names)) === undefined) return false;
  yield* reader.spaces();
  if (yield* reader.literal(")")) {
    yield* reader.spaces();
    const next = yield* reader.peek();
    return next === "," || next === "]";
  }
  if (!wordStart.test(yield* reader.peek())) return false;
  for (;;) {
    const sign = reader.here ?? (yield* reader.peek());
    if (isControlSign(sign) || !wordSign.test(sign)) break;
    reader.position++;
  }
  yield* reader.spaces();
  return (yield* reader.literal("=")) && (yield* reader.peek()) !== "=";
}
