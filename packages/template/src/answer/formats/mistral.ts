import { END, isControlSign } from "../answer-input.ts";
import type { AnswerReader, Streaming } from "../answer-reader.ts";
import { balancedText } from "../balanced-text.ts";
import { broken, type CallFormat, type CallReading } from "../call-format.ts";
import { jsonCalls, namedCall } from "../json-calls.ts";

const open = "[TOOL_CALLS]";
const callId = "[CALL_ID]";
const callArguments = "[ARGS]";

/**
 * Mistral: `[TOOL_CALLS] [{"name": …, "arguments": {…}, "id": "…"}]` up to v7, and from v11 on
 * `[TOOL_CALLS]name[ARGS]{…}`, with `[CALL_ID]id` before the arguments in v13. Ids have nine letters and digits; the
 * templates refuse others. Source: https://github.com/mistralai/mistral-common
 */
export const mistral: CallFormat = {
  appearsIn: (source) => source.includes(open),
  controlMarkers: [open, callId, callArguments],
  openers: () => [{ marker: open, read: readCalls }],
  callId: (index) => `call${String(index).padStart(5, "0")}`,
};

// --- internal ---

const ownId = /^[a-zA-Z0-9]{9}$/;

function* readCalls(reader: AnswerReader): Streaming<CallReading> {
  yield* reader.spaces();
  const first = yield* reader.peek();
  return first === "[" || first === "{" ? yield* readList(reader) : yield* readNamed(reader);
}

function* readList(reader: AnswerReader): Streaming<CallReading> {
  const value = yield* balancedText(reader, '"');
  return withOwnIds("reason" in value ? broken(value.reason) : jsonCalls(value.text));
}

function* readNamed(reader: AnswerReader): Streaming<CallReading> {
  const name = yield* textBeforeMarker(reader);
  const id = (yield* reader.marker(callId)) ? yield* textBeforeMarker(reader) : undefined;
  if (!(yield* reader.marker(callArguments))) return broken(`the call has no ${callArguments}`);
  yield* reader.spaces();
  const value = yield* balancedText(reader, '"');
  if ("reason" in value) return broken(value.reason);
  const reading = namedCall(name, value.text);
  if (reading.type !== "calls" || id === undefined) return reading;
  return withOwnIds({ type: "calls", calls: reading.calls.map((call) => ({ ...call, id })) });
}

function* textBeforeMarker(reader: AnswerReader): Streaming<string> {
  const start = reader.position;
  for (;;) {
    const sign = reader.here ?? (yield* reader.peek());
    if (sign === END || isControlSign(sign)) break;
    const before = reader.position;
    if ((yield* reader.marker(callId)) || (yield* reader.marker(callArguments))) {
      reader.position = before;
      break;
    }
    reader.position++;
  }
  return reader.textFrom(start).trim();
}

function withOwnIds(reading: CallReading): CallReading {
  if (reading.type !== "calls") return reading;
  const calls = reading.calls.map(({ id, ...call }) => (id !== undefined && ownId.test(id) ? { ...call, id } : call));
  return { type: "calls", calls };
}
