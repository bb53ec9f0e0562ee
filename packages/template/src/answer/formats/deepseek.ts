import { END, isControlSign } from "../answer-input.ts";
import type { AnswerReader, Streaming } from "../answer-reader.ts";
import { balancedText } from "../balanced-text.ts";
import { broken, type CallFormat, type CallReading, silentMarker } from "../call-format.ts";
import { closedBy, namedCall } from "../json-calls.ts";

const callsBegin = "<｜tool▁calls▁begin｜>";
const callsEnd = "<｜tool▁calls▁end｜>";
const callBegin = "<｜tool▁call▁begin｜>";
const callEnd = "<｜tool▁call▁end｜>";
const separator = "<｜tool▁sep｜>";

/**
 * DeepSeek V3 and R1: `function<｜tool▁sep｜>NAME`, then the arguments in a fenced JSON block; V3.1:
 * `NAME<｜tool▁sep｜>{…}`; each call between its begin and end, all of them between the outer begin and end. The
 * distilled models leave the first inner begin out now and then. Their vocabularies hold the markers as ordinary added
 * tokens. Source: https://huggingface.co/deepseek-ai/DeepSeek-V3.1
 */
export const deepseek: CallFormat = {
  appearsIn: (source) => source.includes(callBegin),
  openers: () => [
    { marker: callsBegin, close: callEnd, read: readFirst },
    { marker: callBegin, close: callEnd, read: readCall },
    silentMarker(callsEnd),
  ],
};

// --- internal ---

function* readFirst(reader: AnswerReader): Streaming<CallReading> {
  yield* reader.spaces();
  yield* reader.marker(callBegin);
  return yield* readCall(reader);
}

function* readCall(reader: AnswerReader): Streaming<CallReading> {
  const before = yield* line(reader);
  if (!(yield* reader.marker(separator))) return broken(`the call has no ${separator}`);
  yield* reader.spaces();
  const isFenced = (yield* reader.peek()) !== "{";
  const name = isFenced ? yield* line(reader) : before;
  yield* reader.spaces();
  if (isFenced && !(yield* reader.literal("```json"))) return broken("the arguments are not in a ```json block");
  yield* reader.spaces();
  const value = yield* balancedText(reader, '"');
  if ("reason" in value) return broken(value.reason);
  yield* reader.spaces();
  if (isFenced && !(yield* reader.literal("```"))) return broken("the ```json block does not end");
  return yield* closedBy(callEnd, reader, namedCall(name, value.text));
}

/** The text up to the line's end or the separator. */
function* line(reader: AnswerReader): Streaming<string> {
  const start = reader.position;
  for (;;) {
    const sign = reader.here ?? (yield* reader.peek());
    if (sign === END || sign === "\n" || isControlSign(sign)) break;
    const before = reader.position;
    if (yield* reader.marker(separator)) {
      reader.position = before;
      break;
    }
    reader.position++;
  }
  return reader.textFrom(start).trim();
}
