/**
 * Finds stop strings in text that arrives in pieces, and holds back exactly what may still become one.
 *
 * Each string is matched by the automaton of Knuth, Morris and Pratt, "Fast Pattern Matching in Strings" (1977): its
 * state is the length of the longest beginning of the string that the text ends with, so the longest state of all is
 * what must be held back, and a character costs constant time on average whatever the strings are.
 */

import { PalaverError } from "@palaver/core";

/** Stop strings come from clients: APIs allow 4 to 16, this bounds the work of a character. */
const MAX_STOP_STRINGS = 64;
/** A longer one would hold back a page of text. */
const MAX_STOP_LENGTH = 1024;

/** What is certain after a piece of text. */
interface StopResult {
  /** Text that no stop string can claim any more. */
  readonly text: string;
  /** The stop string that was found; the text ends in front of it. */
  readonly stop?: string;
}

/** The state of one search. */
export interface StopMatcher {
  /** Takes more text. The stop string that ends first wins; of those that end together, the longest. */
  push(text: string): StopResult;
  /** Gives what was held back, since no more text comes. */
  flush(): string;
}

/** @throws ERR_INVALID_ARGUMENT for an empty or too long stop string, or too many */
export function stopMatcher(stops: readonly string[]): StopMatcher {
  if (stops.length > MAX_STOP_STRINGS) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `at most ${MAX_STOP_STRINGS} stop strings, got ${stops.length}`);
  }
  const automata = [...stops].sort((a, b) => b.length - a.length).map(automaton);
  let held = "";

  return {
    push(text) {
      const all = held + text;
      for (let i = held.length; i < all.length; i++) {
        for (const { stop, advance } of automata) {
          if (!advance(all.charCodeAt(i))) continue;
          held = "";
          return { text: all.slice(0, i + 1 - stop.length), stop };
        }
      }
      const length = Math.max(0, ...automata.map(({ matched }) => matched()));
      held = all.slice(all.length - length);
      return { text: all.slice(0, all.length - length) };
    },
    flush() {
      const rest = held;
      held = "";
      for (const { reset } of automata) reset();
      return rest;
    },
  };
}

// --- internal ---

interface Automaton {
  readonly stop: string;
  /** Takes a UTF-16 unit; true if the text now ends with the stop string. */
  advance(unit: number): boolean;
  /** How much of the stop string the text ends with. */
  matched(): number;
  reset(): void;
}

function automaton(stop: string): Automaton {
  if (stop.length === 0 || stop.length > MAX_STOP_LENGTH) {
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      `a stop string has 1 to ${MAX_STOP_LENGTH} characters, got ${stop.length}`,
    );
  }
  const shorter = borders(stop);
  let state = 0;
  return {
    stop,
    advance(unit) {
      while (state > 0 && stop.charCodeAt(state) !== unit) state = shorter[state - 1]!;
      if (stop.charCodeAt(state) === unit) state++;
      return state === stop.length;
    },
    matched: () => state,
    reset() {
      state = 0;
    },
  };
}

/** For each beginning of `text`, the length of its longest proper part that is both its beginning and its end. */
function borders(text: string): Uint16Array {
  const lengths = new Uint16Array(text.length);
  for (let i = 1, length = 0; i < text.length; i++) {
    while (length > 0 && text[i] !== text[length]) length = lengths[length - 1]!;
    if (text[i] === text[length]) length++;
    lengths[i] = length;
  }
  return lengths;
}
