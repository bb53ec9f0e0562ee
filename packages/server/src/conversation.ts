import {
  isJsonObject,
  type JsonObject,
  type Message,
  PalaverError,
  parseMessages,
  parseTools,
  type ToolDefinition,
} from "@palaver/core";
import type { ServerLimits } from "./limits.ts";

/** A conversation as both dialects send it. */
export interface Conversation {
  readonly type: "chat";
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
}

/**
 * The conversation in the fields `messages` and `tools` of a request.
 * @throws ERR_INVALID_ARGUMENT, ERR_UNSUPPORTED for tools that ask for a grammar
 */
export function parseConversation(body: JsonObject, { maxMessages, maxTools }: ServerLimits): Conversation {
  requireAtMost("messages", body.messages, maxMessages);
  requireAtMost("tools", body.tools, maxTools);
  const messages = parseMessages(body.messages ?? []);
  const tools = parseTools(body.tools);
  requireLoose(body.tools);
  return { type: "chat", messages, tools };
}

// --- internal ---

/** Counted before anything is read. */
function requireAtMost(param: string, list: unknown, limit: number): void {
  if (!Array.isArray(list) || list.length <= limit) return;
  const message = `${param}: ${list.length} are more than this server takes: ${limit}`;
  throw new PalaverError("ERR_INVALID_ARGUMENT", message, { details: { param } });
}

/** `strict` promises arguments that fit the schema, which nothing here enforces. */
function requireLoose(tools: unknown): void {
  if (!Array.isArray(tools)) return;
  for (const [i, tool] of tools.entries()) {
    if (!isJsonObject(tool) || !isJsonObject(tool.function) || tool.function.strict !== true) continue;
    const param = `tools[${i}].function.strict`;
    throw new PalaverError("ERR_UNSUPPORTED", `${param}: true is not supported: leave it out`, { details: { param } });
  }
}
