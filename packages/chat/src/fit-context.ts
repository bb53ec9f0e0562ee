import type { Message, RenderedPrompt } from "@palaver/core";

/** What to do when the conversation outgrows the context. */
export type ContextPolicy = "error" | "drop-oldest";

/** Room that `drop-oldest` keeps for the answer, as a share of the context. */
const ANSWER_SHARE = 1 / 4;
/** How much of the context a shortened prompt may fill: dropping in big steps keeps the cached prefix useful for many turns. */
const SHORTENED_SHARE = 1 / 2;

/** A conversation written down. */
export interface EncodedPrompt {
  readonly rendered: RenderedPrompt;
  readonly ids: readonly number[];
}

export interface FitOptions {
  readonly policy: ContextPolicy;
  readonly contextTokens: number;
  /** The most that the answer will take. */
  readonly maxTokens: number;
  /** Where the new messages begin: they are never dropped, nor is the turn that they belong to. */
  readonly newFrom: number;
}

/** A prompt with the messages that it is made of, and those that had to go. */
export interface FittedPrompt extends EncodedPrompt {
  readonly kept: readonly Message[];
  readonly dropped: readonly Message[];
}

/**
 * Writes the conversation down and, by policy `drop-oldest`, without as many of its oldest turns as it takes to leave room
 * for the answer. A turn is a user message with all up to the next one, so calls and results of tools go together;
 * system messages at the start stay. What does not fit in the end is for the generator to refuse.
 */
export function fitContext(
  messages: readonly Message[],
  encode: (messages: readonly Message[]) => EncodedPrompt,
  { policy, contextTokens, maxTokens, newFrom }: FitOptions,
): FittedPrompt {
  const head = systemCount(messages);
  const without = (cut: number): FittedPrompt => {
    const kept = cut === head ? messages : [...messages.slice(0, head), ...messages.slice(cut)];
    return { ...encode(kept), kept, dropped: messages.slice(head, cut) };
  };
  const whole = without(head);
  const room = Math.min(maxTokens, contextTokens * ANSWER_SHARE);
  if (policy === "error" || whole.ids.length + room <= contextTokens) return whole;

  const cuts = messages.flatMap(({ role }, i) => (role === "user" && i > head && i <= newFrom ? [i] : []));
  return shortest(cuts.length, (i) => without(cuts[i]!), contextTokens * SHORTENED_SHARE) ?? whole;
}

// --- internal ---

/** How many system messages stand at the start. */
function systemCount(messages: readonly Message[]): number {
  const first = messages.findIndex(({ role }) => role !== "system");
  return first === -1 ? messages.length : first;
}

/** Of `count` ever shorter prompts the first with at most `tokens`, else the last: found by halving, since each costs a rendering. */
function shortest(count: number, at: (i: number) => FittedPrompt, tokens: number): FittedPrompt | undefined {
  let found = count === 0 ? undefined : at(count - 1);
  for (let low = 0, high = count - 1; low < high; ) {
    const middle = (low + high) >> 1;
    const candidate = at(middle);
    if (candidate.ids.length <= tokens) {
      found = candidate;
      high = middle;
    } else low = middle + 1;
  }
  return found;
}
