import type { ToolDefinition } from "@palaver/core";
import { bareJsonCall } from "../bare-json-call.ts";
import { type CallFormat, type CallReader, TEXT } from "../call-format.ts";

const fence = "```";

/** For templates that show no format of their own: a bare JSON call or a list of them, fenced as a code block or not. */
export const genericJson: CallFormat = {
  appearsIn: () => true,
  bareCalls: (tools) => [bareJsonCall(tools), fencedJsonCall(tools)],
};

// --- internal ---

function fencedJsonCall(tools: readonly ToolDefinition[]): CallReader {
  const readCall = bareJsonCall(tools);
  return function* (reader, place) {
    if (!(yield* reader.literal(fence))) return TEXT;
    yield* reader.literal("json");
    yield* reader.spaces();
    const reading = yield* readCall(reader, place);
    if (reading.type !== "calls") return reading;
    const end = reader.position;
    yield* reader.spaces();
    if (!(yield* reader.literal(fence))) reader.position = end;
    return reading;
  };
}
