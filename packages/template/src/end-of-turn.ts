/** What ends an assistant's turn in a template, found by rendering small conversations and reading what stands after the answer. */
import type { ChatMessage } from "./chat-message.ts";
import { chatPrompt } from "./chat-prompt.ts";
import { type ControlLike, controlLike } from "./control-like.ts";
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
  // Two calls show what stands between them; templates that refuse two show their end with one.
  const count = turn(probe, [question, calls(2)], 1) ? 2 : 1;
  const afterCalls = endOf(probe, [question, calls(count)], result);
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
  /** In how many parts the answer is written. */
  readonly parts: number;
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
  const middle = turn(probe, [...messages, next], index, last.parts);
  // Only what stands there both before another message and at the end belongs to this turn.
  const shared = middle ? sharedPrefix(last.tail, middle.tail) : last.tail;
  const candidates = controlLike(last.tail, specialTokens)
    .filter(({ end }) => end <= shared.length)
    .filter(({ text }) => !last.inside.includes(text));
  // Templates that always end with the assistant's header show that here, too: what also opens the conversation is no
  // end, unless nothing follows it, or the model has one token for both.
  const isEnd = ({ text, end }: ControlLike): boolean =>
    !last.openers.includes(text) || last.tail.slice(end).trim() === "";
  const both = candidates.find(({ text }) => text === specialTokens.eos_token);
  return (candidates.findLast(isEnd) ?? both ?? loneEnd(last, specialTokens))?.text;
}

/** The token that ends the last turn of a conversation alone, where earlier ones end otherwise. */
function loneEnd({ tail, openers }: Turn, specialTokens: SpecialTokens): ControlLike | undefined {
  const [token, ...others] = controlLike(tail, specialTokens);
  const isAlone = token !== undefined && others.length === 0 && tail.trim() === token.text;
  return isAlone && !openers.includes(token.text) ? token : undefined;
}

/** The turn of the message at `index`, of whose parts the first `parts` belong to it: a result may name its call again. */
function turn(probe: EndProbe, messages: readonly ChatMessage[], index: number, parts?: number): Turn | undefined {
  const { variant, specialTokens, options } = probe;
  const output = variant.tryRender(messageValues(messages, variant), options);
  if (!output) return undefined;
  const { text, ranges } = chatPrompt(output);
  // The answer must be there as it was given, and not only its empty content beside calls that the template drops.
  const wanted = messages[index] === answer ? "content" : "tool-call";
  const own = ranges.filter((range) => range.messageIndex === index && range.origin === wanted).slice(0, parts);
  const [first] = own;
  const last = own.at(-1);
  if (!first || !last) return undefined;
  const after = ranges.find((range) => range.start >= last.end && range !== last);
  return {
    parts: own.length,
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
