import { type AssistantMessage, contentText, type Message, type SessionEvent, type ToolCall } from "@palaver/core";

/**
 * Passes an answer's events on and gives the conversation with the answer to `onEnd`, before the last event, so that it
 * is kept when the reader knows the end. An answer that is empty, or that a limit or the caller cut off, is not one to
 * learn from, and is not given.
 */
export async function* recordAnswer(
  events: AsyncIterable<SessionEvent>,
  messages: readonly Message[],
  onEnd: (conversation: readonly Message[]) => Promise<void>,
): AsyncGenerator<SessionEvent> {
  const toolCalls: ToolCall[] = [];
  let text = "";
  let reasoning = "";
  for await (const event of events) {
    if (event.type === "text-delta") text += event.text;
    else if (event.type === "tool-call-error") text += event.raw;
    else if (event.type === "reasoning-delta") reasoning += event.text;
    else if (event.type === "tool-call") {
      toolCalls.push({ id: event.id, name: event.name, arguments: event.arguments });
    } else if (event.type === "finish" && (event.reason === "stop" || event.reason === "tool-calls")) {
      const isEmpty = text === "" && toolCalls.length === 0;
      if (!isEmpty) await onEnd(withAnswer(messages, { text, reasoning, toolCalls }));
    }
    yield event;
  }
}

// --- internal ---

interface Said {
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
}

/** Where the assistant spoke last, the answer went on with that message. */
function withAnswer(messages: readonly Message[], { text, reasoning, toolCalls }: Said): Message[] {
  const last = messages.at(-1);
  const begun = last?.role === "assistant" ? last : undefined;
  const thought = (begun?.reasoning ?? "") + reasoning;
  const calls = [...(begun?.toolCalls ?? []), ...toolCalls];
  const answer: AssistantMessage = {
    role: "assistant",
    content: (begun === undefined ? "" : contentText(begun.content)) + text,
    ...(thought !== "" && { reasoning: thought }),
    ...(calls.length > 0 && { toolCalls: calls }),
  };
  return [...(begun === undefined ? messages : messages.slice(0, -1)), answer];
}
