/**
 * The steps of an answer: one token each, or one token and a guess at those behind it. Where the guess was right the
 * logits are there already; where it was wrong its entries are forgotten.
 *
 * The sampler never sees a guess: it chooses from the logits of each place, and a guess only counts if it is what was chosen.
 */

import { PalaverError, type StepOptions } from "@palaver/core";
import type { Continuation } from "./prompt-cache.ts";
import type { GuessTokens } from "./prompt-lookup.ts";

/** A guess longer than this costs more than it saves with any weights that were measured. */
const MAX_GUESS = 64;
/** Where four rows cost 1.7 and eight rows 2.6 times one, as measured with 4-bit weights. */
const DEFAULT_GUESS = 8;
/** The length of a first guess, and of one after a wrong one: about what a wrong one may cost. */
const CAUTIOUS = 3;

export interface SpeculateOptions {
  /** Guesses the tokens to come. */
  readonly guess: GuessTokens;
  /** The most tokens of a guess, 1 to 64. A guess that was right all through is followed by one twice as long. Default: 8. */
  readonly maxTokens?: number | undefined;
}

/** What guessing came to. */
export interface SpeculationStatistics {
  /** Steps of the decoder after the prompt. */
  readonly steps: number;
  /** Tokens that were guessed. */
  readonly guessedTokens: number;
  /** Of those, how many were right: so many steps fewer. */
  readonly acceptedTokens: number;
}

/** Gives the logits behind an answer that grows token by token. */
export interface DecodeSteps {
  readonly statistics: SpeculationStatistics;
  /**
   * The logits of the token behind `ids`, `(vocab,)`, which the caller may change and has until the next call. `ids` are those
   * of the last call and one more; `room` more will be chosen at most, the next one included.
   */
  after(ids: readonly number[], room: number, options?: StepOptions): Promise<Float32Array>;
}

/** Steps behind a prompt. @throws ERR_INVALID_ARGUMENT for a length of guesses out of range */
export function decodeSteps(sequence: Continuation, speculate: SpeculateOptions | undefined): DecodeSteps {
  return speculate === undefined ? plainSteps(sequence) : guessingSteps(sequence, speculate);
}

// --- internal ---

function plainSteps(sequence: Continuation): DecodeSteps {
  const statistics = { steps: 0, guessedTokens: 0, acceptedTokens: 0 };
  let logits: Float32Array | undefined; // of the step before, whose memory the next one takes
  return {
    statistics,
    async after(ids, _, options) {
      statistics.steps++;
      [logits] = await sequence.append(ids.slice(-1), { ...options, into: logits });
      return logits!; // one token gives one row
    },
  };
}

function guessingSteps(sequence: Continuation, { guess: guessTokens, maxTokens }: SpeculateOptions): DecodeSteps {
  const most = requireGuessLength(maxTokens ?? DEFAULT_GUESS);
  const statistics = { steps: 0, guessedTokens: 0, acceptedTokens: 0 };
  let guess: readonly number[] = [];
  let rows: readonly Float32Array[] = [];
  let accepted = 0;
  let length = Math.min(most, CAUTIOUS);

  return {
    statistics,
    async after(ids, room, options) {
      options?.signal?.throwIfAborted(); // a token that was guessed needs no step, which would notice
      const last = ids.at(-1)!;
      if (accepted < guess.length && guess[accepted] === last) {
        accepted++;
        statistics.acceptedTokens++;
        return rows[accepted]!;
      }
      if (guess.length > 0) length = Math.min(most, accepted === guess.length ? 2 * guess.length : CAUTIOUS);
      sequence.truncate(ids.length - 1);
      const useful = Math.max(0, Math.min(length, room - 1));
      guess = guessTokens(ids, useful).slice(0, useful);
      accepted = 0;
      statistics.steps++;
      statistics.guessedTokens += guess.length;
      // Two rows or more, also without a guess: their bits do not depend on how many there are, those of one row differ.
      rows = await sequence.append([last, ...(guess.length === 0 ? [last] : guess)], options);
      return rows[0]!;
    },
  };
}

function requireGuessLength(length: number): number {
  if (Number.isSafeInteger(length) && length >= 1 && length <= MAX_GUESS) return length;
  throw new PalaverError("ERR_INVALID_ARGUMENT", `a guess has 1 to ${MAX_GUESS} tokens, got ${length}`);
}
