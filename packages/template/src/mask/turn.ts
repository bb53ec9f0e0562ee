/**
 * Where an assistant's turn lies in a prompt: what the model writes there, from the end of the header to the end of the
 * token that closes the turn.
 *
 * The header's end is found by rendering the messages before the turn with a generation prompt: what stands there is
 * what the model is given, and everything behind it is what it writes. The turn's end is the first token behind the
 * message that ends turns in this template.
 */
import { isPalaverError } from "@palaver/core";
import type { ChatMessage } from "../chat-message.ts";
import type { ChatPrompt, OriginRange, TextRange } from "../chat-prompt.ts";
import type { ChatRenderOptions, ChatTemplate } from "../chat-template.ts";
import { refusal } from "./refusal.ts";
import { sharedPrefixLength } from "./shared-prefix.ts";

export interface Conversation {
  readonly template: ChatTemplate;
  readonly messages: readonly ChatMessage[];
  readonly options: ChatRenderOptions;
  readonly prompt: ChatPrompt;
}

/** A turn of the assistant in the prompt's text. */
export interface Turn {
  readonly messageIndex: number;
  /** What the message wrote, from its first character to its last. */
  readonly own: TextRange;
  /** Where the header ends. */
  readonly headerEnd: number;
  /** True where the header ends inside what could be one token: the token that holds this place belongs to the turn. */
  readonly headerEndIsInside: boolean;
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
  const endOfTurn = findEnd(conversation, messageIndex, own.end);
  const turn = { messageIndex, own, ...header, endOfTurn };
  checkAlone(prompt, turn);
  return turn;
}

// --- internal ---

/** What a model writes itself: not its name or other keys of the message. */
function isGenerated({ origin }: OriginRange): boolean {
  return origin === "content" || origin === "reasoning" || origin === "tool-call";
}

interface Header {
  readonly headerEnd: number;
  readonly headerEndIsInside: boolean;
}

function findHeader(conversation: Conversation, messageIndex: number, first: OriginRange): Header {
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
    return { headerEnd: first.start, headerEndIsInside: false };
  }
  const shared = sharedPrefixLength(given, between);
  if (shared < given.length) return divergingHeader(conversation, messageIndex, { start, between, given, shared });
  const rest = between.slice(shared);
  // The template writes a header that no generation prompt gives to the model: nothing of it is the model's.
  const isUngiven = rest.trim() !== "" && !asksForTurn(conversation, previous, given);
  if (!isUngiven) return { headerEnd: start + shared, headerEndIsInside: false };
  if (first.origin !== "tool-call") return { headerEnd: first.start, headerEndIsInside: false };
  if (plainHeader(conversation, previous)?.trimEnd() === given.trimEnd()) {
    return { headerEnd: start + shared, headerEndIsInside: false };
  }
  throw refusal(messageIndex, "the template has no generation prompt, so its header and its call cannot be told apart");
}

interface Divergence {
  /** Where the text before the turn starts. */
  readonly start: number;
  /** That text, up to the message's first character. */
  readonly between: string;
  /** What the model is given in its place. */
  readonly given: string;
  /** How much both have in common. */
  readonly shared: number;
}

/** The header's end where the history goes on otherwise than the generation prompt did. */
function divergingHeader(
  conversation: Conversation,
  messageIndex: number,
  { start, between, given, shared }: Divergence,
): Header {
  const closing = tailOf(conversation, conversation.messages.slice(0, messageIndex), false);
  const asked = closing !== undefined && given.startsWith(closing) ? given.slice(closing.length) : "";
  const at = asked.trim() === "" ? -1 : between.indexOf(asked);
  // Only the end of the message before is written otherwise: the generation prompt itself is there.
  if (at >= 0 && between.lastIndexOf(asked) === at) {
    return { headerEnd: start + at + asked.length, headerEndIsInside: false };
  }
  // A prompt that goes on after the header (an opened reasoning) begins with it all the same, and what both have in
  // common is more than the end of the message before.
  const isHeader = shared === between.length || !closing?.startsWith(given.slice(0, shared));
  if (!isHeader) throw refusal(messageIndex, "the template's generation prompt is not what it writes before answers");
  return { headerEnd: start + shared, headerEndIsInside: shared < between.length };
}

/** What the template writes between the messages and a plain answer to them. */
function plainHeader({ template, options }: Conversation, messages: readonly ChatMessage[]): string | undefined {
  const answer: ChatMessage = { role: "assistant", content: "palaverprobeassistant" };
  const given = { ...options, addGenerationPrompt: false, continueFinalMessage: false };
  const prompt = tryRender(template, [...messages, answer], given);
  const at = prompt?.ranges.findIndex((range) => range.messageIndex === messages.length) ?? -1;
  if (!prompt || at < 0) return undefined;
  return prompt.text.slice(lastEnd(prompt.ranges.slice(0, at)), prompt.ranges[at]!.start);
}

/** What the template writes behind the last of these messages; undefined where it refuses them. */
function tailOf(
  { template, options }: Conversation,
  messages: readonly ChatMessage[],
  addGenerationPrompt: boolean,
): string | undefined {
  const prompt = tryRender(template, messages, { ...options, addGenerationPrompt, continueFinalMessage: false });
  return prompt?.text.slice(lastEnd(prompt.ranges));
}

/** True if what stands behind the messages with a generation prompt is more than the end of the last message. */
function asksForTurn(conversation: Conversation, messages: readonly ChatMessage[], given: string): boolean {
  if (tailOf(conversation, messages, false) !== given) return true;
  // Some templates always end with the assistant's header: then a further message stands elsewhere.
  const { template, options } = conversation;
  const next: ChatMessage = { role: "user", content: "palaverprobeuser" };
  const prompt = tryRender(template, [...messages, next], { ...options, continueFinalMessage: false });
  if (!prompt) return false;
  const added = prompt.ranges.findIndex((range) => range.messageIndex === messages.length);
  if (added < 0) return false;
  const start = lastEnd(prompt.ranges.slice(0, added));
  return !prompt.text.slice(start, prompt.ranges[added]!.start).startsWith(given);
}

/** The template's rendering, or undefined where it refuses; limits and other failures stay errors. */
function tryRender(
  template: ChatTemplate,
  messages: readonly ChatMessage[],
  options: ChatRenderOptions,
): ChatPrompt | undefined {
  try {
    return template.render(messages, options);
  } catch (error) {
    if (isPalaverError(error, "ERR_INVALID_ARGUMENT")) return undefined;
    throw error;
  }
}

function lastEnd(ranges: readonly OriginRange[]): number {
  return ranges.reduce((end, range) => Math.max(end, range.end), 0);
}

/** The first end-of-turn token behind the message, before anything that others wrote. */
function findEnd(
  { prompt, template, options }: Conversation,
  messageIndex: number,
  end: number,
): TextRange | undefined {
  const next = prompt.ranges.find((range) => range.start >= end && range.messageIndex !== messageIndex);
  const tail = prompt.text.slice(end, next?.start);
  const first = (tokens: readonly string[]): TextRange | undefined =>
    tokens
      .map((token) => ({ start: tail.indexOf(token), length: token.length }))
      .filter(({ start }) => start >= 0)
      .sort((a, b) => a.start - b.start || b.length - a.length)
      .map(({ start, length }) => ({ start: end + start, end: end + start + length }))[0];
  // Variables may change how a turn ends, as Llama 3.1's built-in tools do.
  return first(template.endOfTurnTokens) ?? first(template.endOfTurnTokensWith(options));
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
