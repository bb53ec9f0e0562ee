import { createSession } from "@palaver/chat";
import type { Message, Model, ToolCall, ToolDefinition } from "@palaver/core";
import { greedy } from "@palaver/sampling";

/** An answer that is longer has lost its way: the longest of the data are half of it. */
const maxTokens = 200;

/** What a model answered. */
export interface ChatAnswer {
  readonly text: string;
  readonly calls: readonly ToolCall[];
  /** Calls that could not be read. */
  readonly brokenCalls: number;
  /** True where the model itself ended its turn. */
  readonly ended: boolean;
  readonly tokens: number;
}

/** The likeliest answer to a conversation, through the whole stack: template, session, engine, answer parser. */
export async function answerChat(
  model: Model,
  messages: readonly Message[],
  tools: readonly ToolDefinition[] = [],
): Promise<ChatAnswer> {
  const session = createSession({ model, messages, sampler: greedy(), maxTokens, tools });
  const calls: ToolCall[] = [];
  let text = "";
  let brokenCalls = 0;
  let ended = false;
  let tokens = 0;
  try {
    for await (const event of session.send([])) {
      if (event.type === "text-delta") text += event.text;
      else if (event.type === "tool-call") calls.push({ id: event.id, name: event.name, arguments: event.arguments });
      else if (event.type === "tool-call-error") brokenCalls++;
      else if (event.type === "finish") {
        ended = event.reason === "stop" || event.reason === "tool-calls";
        tokens = event.usage.completionTokens;
      }
    }
  } finally {
    await session.close();
  }
  return { text, calls, brokenCalls, ended, tokens };
}
