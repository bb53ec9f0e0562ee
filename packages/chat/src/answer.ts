import type { AnswerEvent, AssistantMessage, ToolCall } from "@palaver/core";

/** An answer as it grows. */
export interface Answer {
  add(event: AnswerEvent): void;
  readonly toolCalls: readonly ToolCall[];
  /** True until something was said. */
  readonly isEmpty: boolean;
  /** What was said so far, as a message. */
  message(): AssistantMessage;
}

/** Collects the events of one answer. A call that could not be read stays in the text, as the model wrote it. */
export function createAnswer(): Answer {
  const toolCalls: ToolCall[] = [];
  let content = "";
  let reasoning = "";
  return {
    toolCalls,
    get isEmpty() {
      return content === "" && reasoning === "" && toolCalls.length === 0;
    },
    add(event) {
      switch (event.type) {
        case "text-delta":
          content += event.text;
          return;
        case "reasoning-delta":
          reasoning += event.text;
          return;
        case "tool-call":
          toolCalls.push({ id: event.id, name: event.name, arguments: event.arguments });
          return;
        case "tool-call-error":
          content += event.raw;
          return;
        default:
          event satisfies never;
      }
    },
    message: () => ({
      role: "assistant",
      content,
      ...(reasoning !== "" && { reasoning }),
      ...(toolCalls.length > 0 && { toolCalls: [...toolCalls] }),
    }),
  };
}
