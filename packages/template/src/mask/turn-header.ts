/**
 * Where the header of an assistant's turn ends: what the model is given before it writes. That is found by rendering the
 * messages before the turn with a generation prompt; everything behind what stands there is the model's.
 */
import type { ChatMessage } from "../chat-message.ts";
import type { OriginRange } from "../chat-prompt.ts";
import { type Conversation, lastEnd, render, tailOf } from "./conversation.ts";
import { refusal } from "./refusal.ts";
import { sharedPrefixLength } from "./shared-prefix.ts";

/** The header's end before a message whose first characters are `first`. @throws ERR_UNSUPPORTED where it cannot be told */
export function findHeaderEnd(conversation: Conversation, messageIndex: number, first: OriginRange): number {
  const { prompt, messages } = conversation;
  const previous = messages.slice(0, messageIndex);
  const before = prompt.ranges.filter((range) => range.end <= first.start && range !== first);
  if (before.some((range) => range.messageIndex === messageIndex)) {
    throw refusal(messageIndex, "its header holds parts of it, so that what the model is given cannot be told");
  }
  const start = lastEnd(before);
  const between = prompt.text.slice(start, first.start);
  const given = tailOf(conversation, previous, true);
  if (given === undefined) {
    // The model cannot be asked for this turn, so only its own words tell where it begins.
    if (first.origin === "tool-call") throw refusal(messageIndex, "the template refuses the messages before it");
    return first.start;
  }
  const shared = sharedPrefixLength(given, between);
  if (shared < given.length) return divergingHeader(conversation, messageIndex, { start, between, given });
  const rest = between.slice(shared);
  // The template writes a header that no generation prompt gives to the model: nothing of it is the model's.
  const isUngiven = rest.trim() !== "" && !asksForTurn(conversation, previous, given);
  if (!isUngiven) return start + shared;
  if (first.origin !== "tool-call") return first.start;
  if (plainHeader(conversation, previous)?.trimEnd() === given.trimEnd()) {
    return start + shared;
  }
  throw refusal(messageIndex, "the template has no generation prompt, so its header and its call cannot be told apart");
}

// --- internal ---

interface Divergence {
  /** Where the text before the turn starts. */
  readonly start: number;
  /** That text, up to the message's first character. */
  readonly between: string;
  /** What the model is given in its place. */
  readonly given: string;
}

/** The header's end where the history goes on otherwise than the generation prompt did. */
function divergingHeader(
  conversation: Conversation,
  messageIndex: number,
  { start, between, given }: Divergence,
): number {
  const closing = tailOf(conversation, conversation.messages.slice(0, messageIndex), false);
  const asked = closing !== undefined && given.startsWith(closing) ? given.slice(closing.length) : "";
  const at = asked.trim() === "" ? -1 : between.indexOf(asked);
  // Only the end of the message before is written otherwise: the generation prompt itself is there.
  if (at >= 0 && between.lastIndexOf(asked) === at) {
    return start + at + asked.length;
  }
  // A prompt that goes on after the header (an opened reasoning) begins with it all the same. The header is what stands
  // before a plain answer, in the middle of a conversation or at its end.
  const previous = conversation.messages.slice(0, messageIndex);
  for (const plain of [plainHeader(conversation, previous), plainHeader(conversation, previous, [question])]) {
    if (plain !== undefined && given.startsWith(plain) && between.startsWith(plain)) return start + plain.length;
  }
  throw refusal(messageIndex, "the template's generation prompt is not what it writes before answers");
}

const question: ChatMessage = { role: "user", content: "palaverprobeuser" };
const answer: ChatMessage = { role: "assistant", content: "palaverprobeassistant" };

/** What the template writes between the messages and a plain answer to them. */
function plainHeader(
  conversation: Conversation,
  messages: readonly ChatMessage[],
  next: readonly ChatMessage[] = [],
): string | undefined {
  const prompt = render(conversation, [...messages, answer, ...next], false);
  const at = prompt?.ranges.findIndex((range) => range.messageIndex === messages.length) ?? -1;
  if (!prompt || at < 0) return undefined;
  return prompt.text.slice(lastEnd(prompt.ranges.slice(0, at)), prompt.ranges[at]!.start);
}

/** True if what stands behind the messages with a generation prompt is more than the end of the last message. */
function asksForTurn(conversation: Conversation, messages: readonly ChatMessage[], given: string): boolean {
  if (tailOf(conversation, messages, false) !== given) return true;
  // Some templates always end with the assistant's header: then a further message stands elsewhere.
  const prompt = render(conversation, [...messages, question], false);
  if (!prompt) return false;
  const added = prompt.ranges.findIndex((range) => range.messageIndex === messages.length);
  if (added < 0) return false;
  const start = lastEnd(prompt.ranges.slice(0, added));
  return !prompt.text.slice(start, prompt.ranges[added]!.start).startsWith(given);
}
