import { PalaverError } from "@palaver/core";

/**
 * Guesses what follows a sequence: at most `most` ids, none if it has no idea. It may be wrong at no cost but time: a guess
 * decides which tokens are computed together, never which one is chosen.
 */
export type GuessTokens = (ids: readonly number[], most: number) => readonly number[];

export interface PromptLookupOptions {
  /** The most tokens of the end to look for; the longest that is found counts. Default: 4. */
  readonly longestMatch?: number;
  /** The fewest. Shorter matches are found more often and are right less often. Default: 2. */
  readonly shortestMatch?: number;
}

/**
 * Guesses that a sequence goes on as it did before: what followed its last tokens where they stood last, in the prompt or in
 * the answer (Saxena 2023, "Prompt Lookup Decoding", https://github.com/apoorvumang/prompt-lookup-decoding). Right where
 * an answer quotes: summaries, corrected code, extracted fields.
 * @throws ERR_INVALID_ARGUMENT unless both lengths are integers from 1 on, the shortest not above the longest
 */
export function promptLookup({ longestMatch = 4, shortestMatch = 2 }: PromptLookupOptions = {}): GuessTokens {
  const isValid = Number.isSafeInteger(longestMatch) && Number.isSafeInteger(shortestMatch);
  if (!isValid || shortestMatch < 1 || longestMatch < shortestMatch) {
    const message = `matches must have 1 token or more, got ${shortestMatch} to ${longestMatch}`;
    throw new PalaverError("ERR_INVALID_ARGUMENT", message);
  }
  return (ids, most) => {
    let place = 0;
    let length = shortestMatch - 1;
    // From the end, so that of equally long matches the last one counts: it is about what is being said now.
    for (let end = ids.length - 1; end >= shortestMatch && length < longestMatch; end--) {
      const matched = commonEnd(ids, end, longestMatch);
      if (matched <= length) continue;
      length = matched;
      place = end;
    }
    return place === 0 ? [] : ids.slice(place, place + most);
  };
}

// --- internal ---

/** How many tokens in front of `end` are those at the end of `ids`, at most `most`. */
function commonEnd(ids: readonly number[], end: number, most: number): number {
  let length = 0;
  while (length < most && length < end && ids[end - 1 - length] === ids[ids.length - 1 - length]) length++;
  return length;
}
