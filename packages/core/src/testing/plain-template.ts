/**
 * A double with a form that a reader can write by hand, for `byteTokenizer`: each message is
 * `<|im_start|>ROLE\nCONTENT<|im_end|>\n`, reasoning is `<think>...</think>` in front of the content, a call of a tool is
 * `<call>{"name": ..., "arguments": ...}</call>` behind it, and tools are listed in front of everything.
 */
import type { JsonObject } from "../json.ts";
import { type Content, contentText, type Message } from "../message.ts";
import type { SegmentOrigin, TextSegment } from "../segment.ts";
import type { AnswerEvent, AnswerParser, AnswerParserOptions, RenderOptions, Template } from "../template.ts";

/** A template that knows roles, reasoning and tools. */
export function plainTemplate(): Template {
  return {
    endOfTurnTokens: ["<|im_end|>"],
    render(messages, options = {}) {
      const segments = [...toolSegments(options), ...messages.flatMap(messageSegments)];
      if (options.continueFinalMessage) segments.splice(-1);
      if (options.addGenerationPrompt) segments.push(written("<|im_start|>assistant\n"));
      return { text: segments.map(({ text }) => text).join(""), segments };
    },
    answerParser: (options = {}) => plainParser(options),
  };
}

// --- internal ---

function written(text: string, origin: SegmentOrigin = "template", rest: Partial<TextSegment> = {}): TextSegment {
  return { text, origin, ...rest };
}

function toolSegments({ tools = [] }: RenderOptions): TextSegment[] {
  return tools.flatMap((tool) => [
    written("<tool>"),
    written(JSON.stringify(tool), "tool-definition"),
    written("</tool>\n"),
  ]);
}

function messageSegments(message: Message, messageIndex: number): TextSegment[] {
  const { role } = message;
  const said = (text: string, origin: SegmentOrigin): TextSegment => written(text, origin, { role, messageIndex });
  const content = (parts: Content): TextSegment => said(contentText(parts), "content");
  const segments = [written("<|im_start|>"), said(role, "role"), written("\n")];
  if (message.role === "assistant" && message.reasoning !== undefined) {
    segments.push(written("<think>"), said(message.reasoning, "reasoning"), written("</think>"));
  }
  segments.push(content(message.content));
  for (const call of message.role === "assistant" ? (message.toolCalls ?? []) : []) {
    const { name, arguments: given } = call;
    segments.push(written("<call>"), said(JSON.stringify({ name, arguments: given }), "tool-call"), written("</call>"));
  }
  return [...segments, written("<|im_end|>\n")];
}

type Part = "text" | "reasoning" | "call";

/** Which marker ends each part, and what begins behind it. */
function markersOf(part: Part, withTools: boolean): readonly (readonly [marker: string, next: Part])[] {
  if (part === "reasoning") return [["</think>", "text"]];
  if (part === "call") return [["</call>", "text"]];
  return [["<think>", "reasoning"], ...(withTools ? ([["<call>", "call"]] as const) : [])];
}

function plainParser({ tools = [], firstCallIndex = 0 }: AnswerParserOptions): AnswerParser {
  let part: Part = "text";
  let held = "";
  let callIndex = firstCallIndex;

  const take = (text: string, isWhole: boolean): AnswerEvent[] => {
    if (part === "call") return isWhole ? [callEvent(text, `call_${callIndex++}`)] : [];
    if (text === "") return [];
    return [{ type: part === "text" ? "text-delta" : "reasoning-delta", text }];
  };

  const read = (): AnswerEvent[] => {
    const events: AnswerEvent[] = [];
    for (;;) {
      const markers = markersOf(part, tools.length > 0);
      const found = markers.filter(([marker]) => held.includes(marker));
      const first = found.sort(([a], [b]) => held.indexOf(a) - held.indexOf(b))[0];
      if (first === undefined) break;
      const [marker, next] = first;
      const at = held.indexOf(marker);
      events.push(...take(held.slice(0, at), true));
      held = held.slice(at + marker.length);
      part = next;
    }
    if (part === "call") return events;
    const keep = Math.max(0, ...markersOf(part, tools.length > 0).map(([marker]) => begunLength(held, marker)));
    events.push(...take(held.slice(0, held.length - keep), false));
    held = held.slice(held.length - keep);
    return events;
  };

  return {
    push({ text }) {
      held += text;
      return read();
    },
    end() {
      const rest = held;
      held = "";
      if (part !== "call") return take(rest, false);
      return [{ type: "tool-call-error", raw: `<call>${rest}`, reason: "the call has no end" }];
    },
  };
}

/** How much of the marker's beginning the text ends with. */
function begunLength(text: string, marker: string): number {
  for (let length = marker.length - 1; length > 0; length--) if (text.endsWith(marker.slice(0, length))) return length;
  return 0;
}

function callEvent(raw: string, id: string): AnswerEvent {
  try {
    const { name, arguments: given } = JSON.parse(raw) as { name: string; arguments: JsonObject };
    return { type: "tool-call", id, name, arguments: given };
  } catch (error) {
    return { type: "tool-call-error", raw: `<call>${raw}</call>`, reason: String(error) };
  }
}
