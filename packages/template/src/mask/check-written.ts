/** Whether a template writes an assistant's message as it was given: a mask over other text would train something else. */
import { isJsonObject, type JsonValue } from "@palaver/core";
import type { ChatMessage } from "../chat-message.ts";
import type { ChatPrompt, OriginRange } from "../chat-prompt.ts";
import { reasoningKeys } from "../messages/source-names.ts";
import { refusal } from "./refusal.ts";

/**
 * Checks that content, reasoning and calls of a message stand in the prompt; white space at the ends of content and
 * reasoning may be gone.
 *
 * @throws ERR_UNSUPPORTED where something is dropped, changed or written twice
 */
export function checkWritten(prompt: ChatPrompt, message: ChatMessage, messageIndex: number): void {
  const written = (origin: OriginRange["origin"]): string =>
    prompt.ranges
      .filter((range) => range.messageIndex === messageIndex && range.origin === origin)
      .map(({ start, end }) => prompt.text.slice(start, end))
      .join("");
  // Core's messages and the wire's differ in their keys only.
  const given = message as { readonly [key: string]: JsonValue | undefined };
  checkText(contentOf(given.content), written("content"), "content", messageIndex);
  const reasoning = [...reasoningKeys, "tool_plan"].map((key) => given[key]).find((value) => typeof value === "string");
  checkText(typeof reasoning === "string" ? reasoning : "", written("reasoning"), "reasoning", messageIndex);
  const calls = given.toolCalls ?? given.tool_calls;
  if (Array.isArray(calls) && calls.length > 0) checkCalls(calls, written("tool-call"), messageIndex);
}

// --- internal ---

function contentOf(content: JsonValue | undefined): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (isJsonObject(part) && typeof part.text === "string" ? part.text : "")).join("");
}

function checkText(given: string, written: string, what: string, messageIndex: number): void {
  if (given.trim() === written.trim()) return;
  const how = written === "" ? "drops" : "changes";
  throw refusal(messageIndex, `the template ${how} its ${what}`);
}

function checkCalls(calls: readonly JsonValue[], written: string, messageIndex: number): void {
  for (const call of calls) {
    for (const text of textsIn(call)) {
      // Templates write strings as JSON does, or bare.
      if (written.includes(text) || written.includes(JSON.stringify(text).slice(1, -1))) continue;
      throw refusal(messageIndex, `the template does not write ${JSON.stringify(text)} of its tool call`);
    }
  }
}

/** The name of a call, and the keys and strings of its arguments. */
function textsIn(call: JsonValue): string[] {
  if (!isJsonObject(call)) return [];
  const target = isJsonObject(call.function) ? call.function : call;
  const name = typeof target.name === "string" ? [target.name] : [];
  return [...name, ...leaves(parsed(target.arguments))];
}

function parsed(args: JsonValue | undefined): JsonValue | undefined {
  if (typeof args !== "string") return args;
  try {
    // What JSON.parse gives is JSON.
    return JSON.parse(args) as JsonValue;
  } catch {
    // No JSON: the template gets the text itself, so that is what it must write.
    return args;
  }
}

function leaves(value: JsonValue | undefined): string[] {
  const found: string[] = [];
  const pending: (JsonValue | undefined)[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next === "string") found.push(next);
    else if (Array.isArray(next)) pending.push(...next);
    else if (isJsonObject(next)) {
      for (const [key, item] of Object.entries(next)) {
        found.push(key);
        pending.push(item);
      }
    }
  }
  return found;
}
