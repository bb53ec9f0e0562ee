/** The token that ends an assistant's turn. */
import { isJsonObject } from "@palaver/core";
import type { TextRange } from "../chat-prompt.ts";
import { controlLike } from "../control-like.ts";
import { type Conversation, lastEnd, tailOf } from "./conversation.ts";
import { sharedPrefixLength } from "./shared-prefix.ts";

/** Where the first end-of-turn token behind the message lies, before anything that others wrote; undefined where there is none. */
export function findTurnEnd(conversation: Conversation, messageIndex: number, own: TextRange): TextRange | undefined {
  const { prompt, template, options } = conversation;
  const next = prompt.ranges.find((range) => range.start >= own.end && range.messageIndex !== messageIndex);
  const tail = prompt.text.slice(own.end, next?.start);
  const first = (tokens: readonly string[]): TextRange | undefined =>
    tokens
      .map((token) => ({ start: tail.indexOf(token), length: token.length }))
      .filter(({ start }) => start >= 0)
      .sort((a, b) => a.start - b.start || b.length - a.length)
      .map(({ start, length }) => ({ start: own.end + start, end: own.end + start + length }))[0];
  return (
    first(template.endOfTurnTokens) ??
    // Variables may change how a turn ends, as Llama 3.1's built-in tools do.
    first(template.endOfTurnTokensWith(options)) ??
    ownEnd(conversation, messageIndex, own, tail)
  );
}

// --- internal ---

/**
 * For an answer whose own keys change how it ends: the one control token that stands behind it whether or not another
 * message follows, and not in front of it. Behind calls such a token may as well end the call.
 */
function ownEnd(conversation: Conversation, messageIndex: number, own: TextRange, tail: string): TextRange | undefined {
  const { prompt, messages } = conversation;
  const message: unknown = messages[messageIndex];
  if (isJsonObject(message) && (message.tool_calls ?? message.toolCalls)) return undefined;
  const last = tailOf(conversation, messages.slice(0, messageIndex + 1), false);
  if (last === undefined) return undefined;
  const found = controlLike(tail.slice(0, sharedPrefixLength(last, tail)), {});
  const [end] = found;
  const start = lastEnd(prompt.ranges.filter((range) => range.end <= own.start && range.messageIndex !== messageIndex));
  const isNew = end !== undefined && !prompt.text.slice(start, own.start).includes(end.text);
  return isNew && found.length === 1 ? { start: own.end + end.start, end: own.end + end.end } : undefined;
}
