/** Where an assistant's turn lies in a prompt: from the end of the header to the end of the token that closes the turn. */
import type { ChatPrompt, OriginRange, TextRange } from "../chat-prompt.ts";
import { type Conversation, render } from "./conversation.ts";
import { refusal } from "./refusal.ts";
import { findTurnEnd } from "./turn-end.ts";
import { findHeaderEnd } from "./turn-header.ts";

/** A turn of the assistant in the prompt's text. */
export interface Turn {
  readonly messageIndex: number;
  /** The first of its parts: of its content, its reasoning or its calls. */
  readonly first: OriginRange;
  /** What the message wrote, from its first character to its last. */
  readonly own: TextRange;
  /** The token that ends the turn; undefined where none is known. */
  readonly endOfTurn: TextRange | undefined;
}

/** Finds the turn of the assistant's message. @throws ERR_UNSUPPORTED where the template does not write it */
export function findTurn(conversation: Conversation, messageIndex: number): Turn {
  const { prompt, messages } = conversation;
  const alone = render(conversation, messages.slice(0, messageIndex + 1), false);
  // A later message may name the call that it answers: that part belongs to its own header.
  const parts = alone && generatedRanges(alone, messageIndex).length;
  const ranges = generatedRanges(prompt, messageIndex).slice(0, parts);
  const [first] = ranges;
  if (!first) throw refusal(messageIndex, "the template does not write it");
  const own = { start: first.start, end: ranges.at(-1)!.end };
  return { messageIndex, first, own, endOfTurn: findTurnEnd(conversation, messageIndex, own) };
}

/**
 * What the model writes of a turn: from the header's end to the end of the turn, or of the message where it is left open.
 *
 * @throws ERR_UNSUPPORTED where that cannot be told, or holds what others wrote
 */
export function generatedRange(conversation: Conversation, turn: Turn): TextRange {
  const start = findHeaderEnd(conversation, turn.messageIndex, turn.first);
  const range = { start, end: turn.endOfTurn?.end ?? turn.own.end };
  const other = conversation.prompt.ranges.find(
    (part) => part.messageIndex !== turn.messageIndex && part.start < range.end && part.end > range.start,
  );
  if (!other) return range;
  const whose = other.messageIndex === undefined ? other.origin : `message ${other.messageIndex}`;
  throw refusal(turn.messageIndex, `the template writes text of ${whose} inside its turn`);
}

// --- internal ---

/** What a model writes itself: not its name or other keys of the message. */
function generatedRanges({ ranges }: ChatPrompt, messageIndex: number): OriginRange[] {
  return ranges.filter(
    ({ origin, messageIndex: index }) =>
      index === messageIndex && (origin === "content" || origin === "reasoning" || origin === "tool-call"),
  );
}
