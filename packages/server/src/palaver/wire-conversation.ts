import { contentText, type Message, type ToolDefinition } from "@palaver/core";
import type { LoggedConversation, StoredConversation } from "./conversation-log.ts";

/** A conversation in the spelling of the OpenAI dialect. */
export function wireConversation(conversation: LoggedConversation): StoredConversation {
  const { id, time, model, messages, tools } = conversation;
  return {
    id,
    time,
    model,
    messages: messages.map(wireMessage),
    ...(tools.length > 0 && { tools: tools.map(wireTool) }),
  };
}

// --- internal ---

function wireMessage(message: Message): object {
  const { role } = message;
  const content = contentText(message.content);
  switch (role) {
    case "system":
      return { role, content };
    case "user":
      return { role, content, ...(message.name !== undefined && { name: message.name }) };
    case "assistant":
      return {
        role,
        content,
        ...(message.reasoning !== undefined && { reasoning_content: message.reasoning }),
        ...(message.toolCalls !== undefined && {
          tool_calls: message.toolCalls.map(({ id, name, arguments: values }) => ({
            id,
            type: "function",
            function: { name, arguments: JSON.stringify(values) },
          })),
        }),
      };
    case "tool":
      return {
        role,
        content,
        ...(message.toolCallId !== undefined && { tool_call_id: message.toolCallId }),
        ...(message.name !== undefined && { name: message.name }),
      };
    default:
      return message satisfies never;
  }
}

function wireTool({ name, description, parameters }: ToolDefinition): object {
  const about = { ...(description !== undefined && { description }), ...(parameters !== undefined && { parameters }) };
  return { type: "function", function: { name, ...about } };
}
