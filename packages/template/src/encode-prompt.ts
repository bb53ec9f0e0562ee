import { type Encoding, isPalaverError, type TextSegment, type Tokenizer } from "@palaver/core";
import type { ChatMessage } from "./chat-message.ts";
import type { TextRange } from "./chat-prompt.ts";
import type { ChatRenderOptions, ChatTemplate } from "./chat-template.ts";
import { checkWritten } from "./mask/check-written.ts";
import type { Conversation } from "./mask/conversation.ts";
import { refusal } from "./mask/refusal.ts";
import { maskRange } from "./mask/token-mask.ts";
import { findTurn, generatedRange, type Turn } from "./mask/turn.ts";

/** A conversation as a model is trained on it. */
export interface EncodedPrompt {
  readonly text: string;
  readonly segments: readonly TextSegment[];
  readonly ids: readonly number[];
  /** `(tokens,)`: 1 for what the assistant writes, the token that ends its turn included; 0 for everything else. */
  readonly lossMask: readonly number[];
  /** What a template's own markers train that a model is given and does not write, in words; empty without markers. */
  readonly warnings: readonly string[];
}

/**
 * A conversation as ids with the mask of the loss. With `{% generation %}` markers they decide what is trained;
 * otherwise the mask covers, for each message of the assistant, what the model writes behind the header that it is
 * given: reasoning, content and calls with the template's marks around them, and the token that ends the turn.
 *
 * A mask is exact or refused. A last message that is to be continued has no end.
 *
 * @throws ERR_UNSUPPORTED with `details.messageIndex`: the template drops or changes what the assistant wrote, no token
 * ends the turn, a token lies across a border, markers leave out the end of a turn, cover nothing, or cover others' words
 * @throws what `render` throws
 */
export function encodePrompt(
  template: ChatTemplate,
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  options: ChatRenderOptions = {},
): EncodedPrompt {
  const prompt = template.render(messages, options);
  const encoding = tokenizer.encodeWithOffsets(prompt.segments);
  const conversation: TokenizedConversation = { template, tokenizer, messages, options, prompt };
  const turns = messages.flatMap((message, index) => {
    if (message.role !== "assistant") return [];
    checkWritten(prompt, message, index);
    return [findTurn(conversation, index)];
  });
  const isMarked = template.hasGenerationMarkers;
  const lossMask = isMarked ? markedMask(conversation, encoding, turns) : turnMask(conversation, encoding, turns);
  const warnings = isMarked ? turns.flatMap((turn) => headerWarnings(conversation, turn)) : [];
  return { text: prompt.text, segments: prompt.segments, ids: encoding.ids, lossMask, warnings };
}

// --- internal ---

interface TokenizedConversation extends Conversation {
  readonly tokenizer: Tokenizer;
}

function turnMask(conversation: TokenizedConversation, encoding: Encoding, turns: readonly Turn[]): number[] {
  const mask = encoding.ids.map(() => 0);
  for (const turn of turns) {
    const { start } = generatedRange(conversation, turn);
    const range = { start, end: endOf(conversation, encoding, turn) };
    apply(conversation, encoding, mask, range, turn.messageIndex);
  }
  return mask;
}

function apply(
  { prompt, tokenizer }: TokenizedConversation,
  encoding: Encoding,
  mask: number[],
  range: TextRange,
  messageIndex: number,
): void {
  const straddle = maskRange(mask, encoding, range, tokenizer);
  if (!straddle) return;
  const { tokenIndex } = straddle;
  const text = prompt.text.slice(encoding.offsets[2 * tokenIndex], encoding.offsets[2 * tokenIndex + 1]);
  const place = straddle.border === range.start ? "the header and the answer" : "the answer and what follows";
  throw refusal(messageIndex, `the token ${JSON.stringify(text)} holds parts of ${place}`);
}

/** The end of a turn in the text: behind the token that ends it. */
function endOf(
  { messages, options, tokenizer, prompt }: TokenizedConversation,
  encoding: Encoding,
  turn: Turn,
): number {
  const { messageIndex, own, endOfTurn } = turn;
  if (options.continueFinalMessage && messageIndex === messages.length - 1) return own.end;
  if (!endOfTurn) throw refusal(messageIndex, "the template writes no token that ends its turn");
  const spelled = prompt.text.slice(endOfTurn.start, endOfTurn.end);
  const isToken = encoding.ids.some(
    (id, index) =>
      encoding.offsets[2 * index] === endOfTurn.start && tokenizer.isControl(id) && tokenizer.idToToken(id) === spelled,
  );
  if (isToken) return endOfTurn.end;
  throw refusal(messageIndex, `what ends its turn, ${JSON.stringify(spelled)}, is no control token of the tokenizer`);
}

function markedMask(conversation: TokenizedConversation, encoding: Encoding, turns: readonly Turn[]): number[] {
  const { prompt } = conversation;
  const mask = encoding.ids.map(() => 0);
  for (const range of prompt.generations) {
    const turn = turns.find(({ own }) => own.start < range.end && own.end > range.start) ?? turns.at(-1);
    const messageIndex = turn?.messageIndex ?? 0;
    const foreign = prompt.ranges.find(
      ({ start, end, role }) => start < range.end && end > range.start && role !== "assistant",
    );
    if (foreign) throw refusal(messageIndex, `the markers cover text of ${foreign.role ?? foreign.origin}`);
    apply(conversation, encoding, mask, range, messageIndex);
  }
  for (const turn of turns) checkMarkedEnd(prompt.generations, turn);
  const [first] = turns;
  if (first && !mask.includes(1)) throw refusal(first.messageIndex, "the markers cover nothing");
  return mask;
}

/** Markers that hold a turn must hold its end: a model that never learns to end goes on for ever. */
function checkMarkedEnd(generations: readonly TextRange[], { messageIndex, own, endOfTurn }: Turn): void {
  const holds = (range: TextRange): boolean =>
    generations.some(({ start, end }) => start <= range.start && end >= range.end);
  if (endOfTurn === undefined || !holds(own) || holds(endOfTurn)) return;
  throw refusal(messageIndex, "the markers leave out the token that ends its turn");
}

/** Markers may hold what a generation prompt gives to the model; that is trained, and said. */
function headerWarnings(conversation: Conversation, turn: Turn): string[] {
  const { prompt } = conversation;
  const range = prompt.generations.find(({ start, end }) => start <= turn.own.start && end >= turn.own.end);
  const headerEnd = range && headerEndOf(conversation, turn);
  if (!range || headerEnd === undefined) return [];
  const header = prompt.text.slice(range.start, headerEnd).trim();
  if (header === "") return [];
  return [`the markers cover ${JSON.stringify(header)} of message ${turn.messageIndex}, which the model is given`];
}

/** The end of the header; undefined where it cannot be told, which markers make unnecessary. */
function headerEndOf(conversation: Conversation, turn: Turn): number | undefined {
  try {
    return generatedRange(conversation, turn).start;
  } catch (error) {
    if (isPalaverError(error, "ERR_UNSUPPORTED")) return undefined;
    throw error;
  }
}
