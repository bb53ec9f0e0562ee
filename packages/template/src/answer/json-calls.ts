import { isJsonObject, type JsonValue } from "@palaver/core";
import { END } from "./answer-input.ts";
import type { AnswerReader, Streaming } from "./answer-reader.ts";
import { balancedText, MAX_CALL_DEPTH } from "./balanced-text.ts";
import { broken, type CallReading, calls, TEXT, type WrittenCall } from "./call-format.ts";

/** Where a format keeps the parts of a call in its JSON object; of several arguments keys, the first that is present. */
export interface CallKeys {
  readonly name: string;
  readonly arguments: readonly string[];
}

// Models of one family take over the other's word now and then, and nothing else can be meant by it.
const usualKeys: CallKeys = { name: "name", arguments: ["arguments", "parameters"] };

/** Calls from the text of a JSON object, or of an array of them. All or nothing: a list with one bad call is broken. */
export function jsonCalls(text: string, keys: CallKeys = usualKeys): CallReading {
  const value = parseJson(text);
  if (value === undefined) return broken("the call is not valid JSON");
  const written: WrittenCall[] = [];
  for (const item of Array.isArray(value) ? value : [value]) {
    const call = callFrom(item, keys);
    if (typeof call === "string") return broken(call);
    written.push(call);
  }
  return written.length === 0 ? broken("the list of calls is empty") : calls(...written);
}

/** One call whose name stands outside of its JSON. */
export function namedCall(name: string, text: string): CallReading {
  const value = parseJson(text);
  if (!isJsonObject(value)) return broken("the arguments are not a JSON object");
  return name === "" ? broken("the call has no name") : calls({ name, arguments: value });
}

/** Reads JSON calls between an opening marker and `close`; the end of the answer closes too. */
export function delimitedJson(
  close: string,
  toCalls: (text: string) => CallReading = jsonCalls,
): (reader: AnswerReader, place: { readonly inline: boolean }) => Streaming<CallReading> {
  return function* (reader, { inline }) {
    yield* reader.spaces();
    const first = yield* reader.peek();
    // "The <tool_call> tag begins a call" is a sentence; a line that begins with the tag is not.
    if (inline && first !== "{" && first !== "[") return TEXT;
    const value = yield* balancedText(reader, '"');
    if ("reason" in value) return broken(value.reason);
    return yield* closedBy(close, reader, toCalls(value.text));
  };
}

/** The reading of a call once its closing marker, or the end of the answer, has followed. A broken one is passed on as it is. */
export function* closedBy(close: string, reader: AnswerReader, reading: CallReading): Streaming<CallReading> {
  if (reading.type !== "calls") return reading;
  yield* reader.spaces();
  return (yield* reader.marker(close)) || reader.here === END ? reading : broken(`the call does not end with ${close}`);
}

/** JSON within the budgets of a call; undefined for anything else. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return isUsable(value, 0) ? value : undefined;
  } catch {
    // What the model wrote is not JSON: the caller reports that with the text.
    return undefined;
  }
}

/** An own member of a JSON object; undefined for anything else. */
export function memberOf(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

// --- internal ---

// JSON.parse reads 1e999 as Infinity, which no JSON can hold, and has no limit of depth for JSON inside a JSON string.
function isUsable(value: JsonValue, depth: number): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  return depth < MAX_CALL_DEPTH && Object.values(value).every((item) => isUsable(item, depth + 1));
}

function callFrom(value: JsonValue, keys: CallKeys): WrittenCall | string {
  if (!isJsonObject(value)) return "the call is not a JSON object";
  const name = memberOf(value, keys.name);
  if (typeof name !== "string" || name === "") return `the call has no "${keys.name}"`;
  const key = keys.arguments.find((candidate) => Object.hasOwn(value, candidate));
  const given = key === undefined ? undefined : value[key];
  const id = memberOf(value, "id");
  // Some templates show the arguments as a JSON text, and models repeat what they see.
  const read = given === undefined || given === null ? {} : typeof given === "string" ? parseJson(given) : given;
  if (!isJsonObject(read)) return "the arguments are not a JSON object";
  return { name, arguments: read, ...(typeof id === "string" && { id }) };
}
