/** What ends an assistant's turn in a template, found by rendering small conversations and reading what stands after the answer. */
import type { ChatMessage } from "./chat-message.ts";
import { chatPrompt } from "./chat-prompt.ts";
import { controlLike } from "./control-like.ts";
import { messageValues } from "./messages/message-values.ts";
import type { SpecialTokens } from "./special-tokens.ts";
import type { TemplateVariant, VariantOptions } from "./template-variant.ts";

/** Spellings of the tokens that end an assistant's turn, after an answer and after calls; none where it cannot be told. */
export function findEndOfTurn(
  variant: TemplateVariant,
  specialTokens: SpecialTokens,
  options: VariantOptions = {},
): string[] {
  const tokens = new Set<string>();
  const probe: EndProbe = { variant, specialTokens, options };
  const afterAnswer = endOf(probe, [question, answer], question);
  if (afterAnswer) tokens.add(afterAnswer);
  // Two calls show what stands between them; templates that take one only show their end with one.
  const afterCalls = endOf(probe, [question, calls(2)], result) ?? endOf(probe, [question, calls(1)], result);
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

interface EndProbe {
  readonly variant: TemplateVariant;
  readonly specialTokens: SpecialTokens;
  readonly options: VariantOptions;
}

interface Turn {
  /** Tokens with which the whole conversation begins. */
  readonly openers: readonly string[];
  /** What the template writes inside the answer. */
  readonly inside: string;
  /** What it writes after the answer, up to the next message's content. */
  readonly tail: string;
}

/** The token that ends the last of these messages' turn. */
function endOf(probe: EndProbe, messages: readonly ChatMessage[], next: ChatMessage): string | undefined {
  const { specialTokens } = probe;
  const index = messages.length - 1;
  const last = turn(probe, messages, index);
  if (!last) return undefined;
  const middle = turn(probe, [...messages, next], index);
  // Only what stands there both before another message and at the end belongs to this turn.
  const shared = middle ? sharedPrefix(last.tail, middle.tail) : last.tail;
  const complete = controlLike(last.tail, specialTokens).filter(({ end }) => end <= shared.length);
  const candidates = complete.map(({ text }) => text).filter((text) => !last.inside.includes(text));
  // Templates that always end with the assistant's header show that here, too: what also opens the conversation is no
  // end, unless the model has one token for both.
  const both = candidates.find((text) => text === specialTokens.eos_token);
  return candidates.findLast((text) => !last.openers.includes(text)) ?? both;
}

function turn(probe: EndProbe, messages: readonly ChatMessage[], index: number): Turn | undefined {
  const { variant, specialTokens, options } = probe;
  const output = variant.tryRender(messageValues(messages, variant), options);
  if (!output) return undefined;
  const { text, ranges } = chatPrompt(output);
  // The answer must be there as it was given, and not only its empty content beside calls that the template drops.
  const wanted = messages[index] === answer ? "content" : "tool-call";
  const own = ranges.filter((range) => range.messageIndex === index && range.origin === wanted);
  const [first] = own;
  const last = own.at(-1);
  if (!first || !last) return undefined;
  const after = ranges.find((range) => range.start >= last.end && range.messageIndex !== index);
  return {
    openers: openers(text, specialTokens),
    inside: text.slice(first.start, last.end),
    tail: text.slice(last.end, after?.start ?? text.length),
  };
}

/** The tokens at the start of a text, up to the first plain word. */
function openers(text: string, specialTokens: SpecialTokens): string[] {
  const found: string[] = [];
  let at = 0;
  for (const token of controlLike(text, specialTokens)) {
    if (text.slice(at, token.start).trim() !== "") break;
    found.push(token.text);
    at = token.end;
  }
  return found;
}

function sharedPrefix(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}
