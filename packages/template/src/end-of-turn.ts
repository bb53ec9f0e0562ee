/** What ends an assistant's turn in a template, found by rendering small conversations and reading what stands after the answer. */
import type { ChatMessage } from "./chat-message.ts";
import { chatPrompt, type OriginRange } from "./chat-prompt.ts";
import { controlLike } from "./control-like.ts";
import { messageValues } from "./messages/message-values.ts";
import type { SpecialTokens } from "./special-tokens.ts";
import { attempt, type TemplateVariant } from "./template-variant.ts";

/** Spellings of the tokens that end an assistant's turn, after an answer and after calls; none where it cannot be told. */
export function findEndOfTurn(variant: TemplateVariant, specialTokens: SpecialTokens): string[] {
  const tokens = new Set<string>();
  const afterAnswer = endOf(variant, [question, answer], question, specialTokens);
  if (afterAnswer) tokens.add(afterAnswer);
  // Two calls show what stands between them; templates that take one only show their end with one.
  const afterCalls =
    endOf(variant, [question, calls(2)], result, specialTokens) ??
    endOf(variant, [question, calls(1)], result, specialTokens);
  if (afterCalls) tokens.add(afterCalls);
  return [...tokens];
}

// --- internal ---

const question: ChatMessage = { role: "user", content: "palaverprobeuser" };
const answer: ChatMessage = { role: "assistant", content: "palaverprobeassistant" };
const result: ChatMessage = {
  role: "tool",
  content: "palaverprobetool",
  tool_call_id: "callprob1",
  name: "palaverprobename",
};

function calls(count: number): ChatMessage {
  const one = (index: number) => ({
    // Mistral's templates want ids of nine characters.
    id: `callprob${index}`,
    type: "function",
    function: { name: "palaverprobename", arguments: { palaverprobekey: "palaverprobevalue" } },
  });
  return { role: "assistant", content: null, tool_calls: Array.from({ length: count }, (_, index) => one(index + 1)) };
}

interface Turn {
  /** What the template writes before the conversation's first content. */
  readonly opening: string;
  /** What it writes inside the answer. */
  readonly inside: string;
  /** What it writes after the answer, up to the next message's content. */
  readonly tail: string;
}

/** The token that ends the last of these messages' turn. */
function endOf(
  variant: TemplateVariant,
  messages: readonly ChatMessage[],
  next: ChatMessage,
  specialTokens: SpecialTokens,
): string | undefined {
  const last = turn(variant, messages, messages.length - 1);
  if (!last) return undefined;
  const middle = turn(variant, [...messages, next], messages.length - 1);
  // Only what stands there both before another message and at the end belongs to this turn.
  const shared = middle ? sharedPrefix(last.tail, middle.tail) : last.tail;
  const complete = controlLike(last.tail, specialTokens).filter(({ end }) => end <= shared.length);
  const candidates = complete.map(({ text }) => text).filter((text) => !last.inside.includes(text));
  // A token that opens messages is the next header's, unless nothing else is there: some models begin and end with one token.
  return candidates.findLast((text) => !last.opening.includes(text)) ?? candidates[0];
}

function turn(variant: TemplateVariant, messages: readonly ChatMessage[], index: number): Turn | undefined {
  const prompt = attempt(() => chatPrompt(variant.render(messageValues(messages, variant), {})));
  if (!prompt) return undefined;
  const own = prompt.ranges.filter((range) => range.messageIndex === index && range.origin !== "name");
  const [first] = own;
  const last = own.at(-1);
  if (!first || !last) return undefined;
  const after = prompt.ranges.find((range: OriginRange) => range.start >= last.end && range.messageIndex !== index);
  return {
    opening: prompt.text.slice(0, prompt.ranges[0]!.start),
    inside: prompt.text.slice(first.start, last.end),
    tail: prompt.text.slice(last.end, after?.start ?? prompt.text.length),
  };
}

function sharedPrefix(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}
