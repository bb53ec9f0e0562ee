/** Where an assistant's turn lies in a prompt: from the end of the header to the end of the token that closes the turn. */
import type { ChatPrompt, OriginRange, TextRange } from "../chat-prompt.ts";
import type { Conversation } from "./conversation.ts";
import { refusal } from "./refusal.ts";
import { findTurnEnd } from "./turn-end.ts";
import { findHeader, type Header } from "./turn-header.ts";

/** A turn of the assistant in the prompt's text. */
export interface Turn extends Header {
  readonly messageIndex: number;
  /** What the message wrote, from its first character to its last. */
  readonly own: TextRange;
  /** The token that ends the turn; undefined where none is known. */
  readonly endOfTurn: TextRange | undefined;
}

/** Finds the turn of the assistant's message. @throws ERR_UNSUPPORTED where the template does not write it, or not in one place */
export function findTurn(conversation: Conversation, messageIndex: number): Turn {
  const { prompt } = conversation;
  const ranges = prompt.ranges.filter((range) => range.messageIndex === messageIndex && isGenerated(range));
  const [first] = ranges;
  if (!first) throw refusal(messageIndex, "the template does not write it");
  const own = { start: first.start, end: ranges.at(-1)!.end };
  const header = findHeader(conversation, messageIndex, first);
  const turn = { messageIndex, own, ...header, endOfTurn: findTurnEnd(conversation, messageIndex, own) };
  checkAlone(prompt, turn);
  return turn;
}

// --- internal ---

/** What a model writes itself: not its name or other keys of the message. */
function isGenerated({ origin }: OriginRange): boolean {
  return origin === "content" || origin === "reasoning" || origin === "tool-call";
}

function checkAlone(prompt: ChatPrompt, { messageIndex, own, headerEnd, endOfTurn }: Turn): void {
  const end = endOfTurn?.end ?? own.end;
  const other = prompt.ranges.find(
    (range) => range.messageIndex !== messageIndex && range.start < end && range.end > Math.min(headerEnd, own.start),
  );
  if (!other) return;
  const whose = other.messageIndex === undefined ? other.origin : `message ${other.messageIndex}`;
  throw refusal(messageIndex, `the template writes text of ${whose} inside its turn`);
}
