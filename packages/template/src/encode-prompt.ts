import type { Encoding, TextSegment, Tokenizer } from "@palaver/core";
import type { ChatMessage } from "./chat-message.ts";
import type { TextRange } from "./chat-prompt.ts";
import type { ChatRenderOptions, ChatTemplate } from "./chat-template.ts";
import { checkWritten } from "./mask/check-written.ts";
import type { Conversation } from "./mask/conversation.ts";
import { refusal } from "./mask/refusal.ts";
import { maskRange, tokenStart } from "./mask/token-mask.ts";
import { findTurn, type Turn } from "./mask/turn.ts";

/** A conversation as a model is trained on it. */
export interface EncodedPrompt {
  readonly text: string;
  readonly segments: readonly TextSegment[];
  readonly ids: readonly number[];
  /** `(tokens,)`: 1 for what the assistant writes, the token that ends its turn included; 0 for everything else. */
  readonly lossMask: readonly number[];
}

/**
 * A conversation as ids with the mask of the loss. With `{% generation %}` markers they decide what is trained;
 * otherwise the mask covers, for each message of the assistant, what the model writes behind the header that it is
 * given: reasoning, content and calls with the template's marks around them, and the token that ends the turn.
 *
 * A mask is exact or refused. A last message that is to be continued has no end.
 *
 * @throws ERR_UNSUPPORTED with `details.messageIndex`: the template drops or changes what the assistant wrote, no token
 * ends the turn, a token lies across a border, markers cover the header or leave out the end of the turn
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
  const mask = template.hasGenerationMarkers
    ? markedMask(conversation, encoding, turns)
    : turnMask(conversation, encoding, turns);
  return { text: prompt.text, segments: prompt.segments, ids: encoding.ids, lossMask: mask };
}

// --- internal ---

interface TokenizedConversation extends Conversation {
  readonly tokenizer: Tokenizer;
}

function turnMask(conversation: TokenizedConversation, encoding: Encoding, turns: readonly Turn[]): number[] {
  const mask = encoding.ids.map(() => 0);
  for (const turn of turns) {
    const start = turn.headerEndIsInside ? tokenStart(encoding, turn.headerEnd) : turn.headerEnd;
    apply(conversation, encoding, mask, { start, end: endOf(conversation, encoding, turn) }, turn.messageIndex);
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
  for (const turn of turns) checkMarkers(prompt.text, prompt.generations, turn);
  const [first] = turns;
  if (first && !mask.includes(1)) throw refusal(first.messageIndex, "the markers cover nothing");
  return mask;
}

/** Markers must leave the header out and hold the end of every turn that they hold. */
function checkMarkers(text: string, generations: readonly TextRange[], turn: Turn): void {
  const { messageIndex, own, headerEnd, endOfTurn } = turn;
  const range = generations.find(({ start, end }) => start <= own.start && end >= own.end);
  if (!range) return;
  if (text.slice(range.start, headerEnd).trim() !== "") throw refusal(messageIndex, "the markers cover its header");
  const holdsEnd =
    endOfTurn === undefined || generations.some(({ start, end }) => start <= endOfTurn.start && end >= endOfTurn.end);
  if (!holdsEnd) throw refusal(messageIndex, "the markers leave out the token that ends its turn");
}
