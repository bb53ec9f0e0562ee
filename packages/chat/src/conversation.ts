import { type AssistantMessage, contentText, type Message, PalaverError } from "@palaver/core";
import type { SendInput } from "./session-options.ts";

/** The messages with this system message in place of their own, if there is one to set. */
export function withSystem(messages: readonly Message[], system: string | undefined): readonly Message[] {
  if (system === undefined) return [...messages];
  return [{ role: "system", content: system }, ...messages.filter(({ role }) => role !== "system")];
}

/** What was said to a session, as messages. */
export function inputMessages(input: SendInput): readonly Message[] {
  if (typeof input === "string") return [{ role: "user", content: input }];
  return "role" in input ? [input] : input;
}

/**
 * True if an answer to these messages goes on with the last one.
 * @throws ERR_INVALID_ARGUMENT if there is nothing to answer
 */
export function isContinuation(messages: readonly Message[]): boolean {
  const last = messages.at(-1);
  if (last === undefined) throw new PalaverError("ERR_INVALID_ARGUMENT", "there is no message to answer");
  if (last.role !== "assistant") return false;
  if (last.toolCalls === undefined || last.toolCalls.length === 0) return true;
  throw new PalaverError("ERR_INVALID_ARGUMENT", "the last message calls tools: send what they returned");
}

/** The conversation with an answer at its end, or as the rest of its last message. */
export function withAnswer(
  messages: readonly Message[],
  answer: AssistantMessage,
  isContinued: boolean,
): readonly Message[] {
  const last = messages.at(-1);
  if (!isContinued || last?.role !== "assistant") return [...messages, answer];
  const reasoning = (last.reasoning ?? "") + (answer.reasoning ?? "");
  const content = contentText(last.content) + contentText(answer.content);
  return [...messages.slice(0, -1), { ...answer, content, ...(reasoning !== "" && { reasoning }) }];
}

/** A number from which on the ids of new calls are unique: above every number that an id ends with. */
export function nextCallIndex(messages: readonly Message[]): number {
  const ids = messages.flatMap((message) => (message.role === "assistant" ? (message.toolCalls ?? []) : []));
  return ids.reduce((next, { id }) => Math.max(next, Number(/\d{1,9}$/.exec(id)?.[0] ?? -1) + 1), ids.length);
}
