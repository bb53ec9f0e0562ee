import type { Content, JsonObject, SessionEvent, ToolCall, ToolDefinition, ToolMessage } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import type { ChatSession, SendInput, SendOptions } from "./session-options.ts";

/** A tool with what it does. */
export interface ExecutableTool extends ToolDefinition {
  /**
   * Does it and tells the model the result. The arguments are what the model wrote: check them. What it throws is told
   * to the model as the result, so that it can try again.
   */
  execute(given: JsonObject, options: { readonly signal?: AbortSignal | undefined }): Promise<Content> | Content;
}

export interface RunToolsOptions extends Omit<SendOptions, "tools"> {
  /** The most answers in a row that may call tools. Default: 8. */
  readonly maxRounds?: number | undefined;
}

/** Events of each answer in turn, `finish` of each included, and the results of tools between them. */
export type RunToolsEvent =
  | SessionEvent
  | { readonly type: "tool-result"; readonly id: string; readonly name: string; readonly content: Content };

/**
 * Sends messages and does what the model asks for, answer after answer, until one calls no tool. When `maxRounds` is
 * reached, the last event is the `finish` of an answer whose calls were not done.
 * @throws as `send`; ERR_INVALID_ARGUMENT for a `maxRounds` that is not a natural number; `signal.reason` when aborted in a tool
 */
export async function* runTools(
  session: ChatSession,
  input: SendInput,
  tools: readonly ExecutableTool[],
  { maxRounds = 8, ...options }: RunToolsOptions = {},
): AsyncGenerator<RunToolsEvent, void, void> {
  if (!(Number.isSafeInteger(maxRounds) && maxRounds >= 0)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `maxRounds must be an integer, 0 or more, got ${maxRounds}`);
  }
  let next: SendInput = input;
  for (let round = 0; ; round++) {
    const calls: ToolCall[] = [];
    let callsTools = false;
    for await (const event of session.send(next, { ...options, tools })) {
      if (event.type === "tool-call") calls.push({ id: event.id, name: event.name, arguments: event.arguments });
      if (event.type === "finish") callsTools = event.reason === "tool-calls";
      yield event;
    }
    if (!callsTools || round === maxRounds) return;

    const results: ToolMessage[] = [];
    for (const call of calls) {
      const content = await resultOf(call, tools, options.signal);
      yield { type: "tool-result", id: call.id, name: call.name, content };
      results.push({ role: "tool", content, toolCallId: call.id, name: call.name });
    }
    next = results;
  }
}

// --- internal ---

/** What a call gave, or why it gave nothing, in words for the model. */
async function resultOf(
  { name, arguments: given }: ToolCall,
  tools: readonly ExecutableTool[],
  signal: AbortSignal | undefined,
): Promise<Content> {
  const tool = tools.find((candidate) => candidate.name === name);
  if (tool === undefined) return `Error: there is no tool ${name}.`;
  try {
    return await tool.execute(given, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    return `Error: ${error instanceof Error ? error.message : String(error)}`;
  }
}
