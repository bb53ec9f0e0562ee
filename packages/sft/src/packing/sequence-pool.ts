/**
 * Sequences that were read and not yet packed. A row begins with the oldest and is filled by the largest that still
 * fits (best fit, decreasing), so rows are nearly full, no sequence waits for ever, and the pool's content is a short
 * list of places in the source: all that a checkpoint has to keep.
 */

import { PalaverError } from "@palaver/core";
import { countLabels, type SequenceSource, type TrainingSequence } from "./training-sequence.ts";

/** Where the reading of a source stands. JSON. */
export interface DataPosition {
  /** Sequences read so far. */
  readonly next: number;
  /** Pieces that were read and not yet trained, as `[sequence, piece]`, oldest first. */
  readonly pending: readonly (readonly [number, number])[];
}

/** The beginning of a source. */
export const dataStart: DataPosition = { next: 0, pending: [] };

/** A source without an end in which nothing can be learnt would be read for ever. */
const MAX_SKIPPED_IN_A_ROW = 100_000;

/** Why a sequence was left out: it is longer than a row, or nothing in it is learnt. */
export type SkipReason = "too-long" | "nothing-learnt";

/** A sequence that was left out. */
export interface SkippedSequence {
  /** The sequence's place in the source, counted from 0. */
  readonly sequence: number;
  readonly tokens: number;
  readonly reason: SkipReason;
}

export interface SequencePoolOptions {
  /** Tokens of a row. */
  readonly rowTokens: number;
  /** What becomes of a sequence longer than a row: left out and reported, or cut into pieces of a row that share one token, so that each token is learnt once. Default: `skip`. */
  readonly overlong?: "skip" | "split" | undefined;
  /** How many sequences are looked through to fill a row; more fill better. Default: 64. */
  readonly poolSize?: number | undefined;
  /** Called for each sequence that is left out. */
  readonly onSkip?: ((skipped: SkippedSequence) => void) | undefined;
}

/** Reads a source and gives it row by row. */
export interface SequencePool {
  /** The sequences of the next row; undefined at the end of the source. */
  nextRow(): Promise<readonly TrainingSequence[] | undefined>;
  /** Where the reading stands; a pool opened there goes on with the same rows. */
  position(): DataPosition;
  close(): Promise<void>;
}

/**
 * Opens a source at a position.
 * @throws ERR_INVALID_ARGUMENT for options, for a sequence whose mask has another length, and where 100,000 sequences one after
 * the other are left out
 */
export function openSequencePool(
  source: SequenceSource,
  from: DataPosition,
  options: SequencePoolOptions,
): SequencePool {
  const { rowTokens, overlong = "skip", poolSize = 64, onSkip = () => {} } = options;
  if (!(Number.isSafeInteger(rowTokens) && rowTokens >= 2 && Number.isSafeInteger(poolSize) && poolSize >= 1)) {
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      `a row needs two tokens or more, a pool one sequence: got ${rowTokens} and ${poolSize}`,
    );
  }
  const pool: Piece[] = [];
  const awaited = new Set(from.pending.map(placeKey));
  let next = from.pending.reduce((first, [sequence]) => Math.min(first, sequence), from.next);
  let iterator: Iterator<TrainingSequence> | AsyncIterator<TrainingSequence> | undefined;
  let isOver = false;
  let skippedInARow = 0;

  async function readOne(): Promise<void> {
    iterator ??= iterate(source(next));
    const step = await iterator.next();
    if (step.done) {
      isOver = true;
      return;
    }
    const sequence = next++;
    // Before `from.next` is what an earlier reading has seen: its reports are made, and only what was pending is new.
    const isAgain = sequence < from.next;
    const pieces = cut(step.value, { sequence, rowTokens, overlong }, isAgain ? () => {} : onSkip);
    skippedInARow = pieces.length > 0 ? 0 : skippedInARow + 1;
    if (skippedInARow >= MAX_SKIPPED_IN_A_ROW) {
      const message = `${skippedInARow} sequences were left out one after the other: nothing in them is learnt, or they are longer than a row of ${rowTokens}`;
      throw new PalaverError("ERR_INVALID_ARGUMENT", message);
    }
    pool.push(...(isAgain ? pieces.filter(({ place }) => awaited.has(placeKey(place))) : pieces));
  }

  return {
    nextRow: async () => {
      while (!isOver && (pool.length < poolSize || next < from.next)) await readOne();
      return takeRow(pool, rowTokens);
    },
    position: () => ({ next: Math.max(next, from.next), pending: pool.map(({ place }) => place) }),
    close: async () => {
      isOver = true;
      await iterator?.return?.();
    },
  };
}

// --- internal ---

interface Piece extends TrainingSequence {
  readonly place: readonly [number, number];
}

interface CutRules {
  readonly sequence: number;
  readonly rowTokens: number;
  readonly overlong: "skip" | "split";
}

function iterate(sequences: Iterable<TrainingSequence> | AsyncIterable<TrainingSequence>) {
  return Symbol.asyncIterator in sequences ? sequences[Symbol.asyncIterator]() : sequences[Symbol.iterator]();
}

function placeKey([sequence, piece]: readonly [number, number]): string {
  return `${sequence}:${piece}`;
}

function cut(
  { ids, lossMask }: TrainingSequence,
  { sequence, rowTokens, overlong }: CutRules,
  onSkip: (skipped: SkippedSequence) => void,
): Piece[] {
  const tokens = ids.length;
  if (lossMask !== undefined && lossMask.length !== tokens) {
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      `sequence ${sequence} has ${tokens} tokens and a loss mask of ${lossMask.length}: they must be equally long`,
    );
  }
  if (countLabels({ ids, lossMask }) === 0) {
    onSkip({ sequence, tokens, reason: "nothing-learnt" });
    return [];
  }
  if (tokens <= rowTokens) return [{ ids, lossMask, place: [sequence, 0] }];
  if (overlong === "skip") {
    onSkip({ sequence, tokens, reason: "too-long" });
    return [];
  }
  const pieces: Piece[] = [];
  // A piece's first token is the last of the one before: it is learnt there, and here it is what predicts the next.
  for (let start = 0; start < tokens - 1; start += rowTokens - 1) {
    const end = Math.min(tokens, start + rowTokens);
    const piece = { ids: slice(ids, start, end), lossMask: lossMask && slice(lossMask, start, end) };
    if (countLabels(piece) > 0) pieces.push({ ...piece, place: [sequence, pieces.length] });
  }
  return pieces;
}

function slice(values: ArrayLike<number>, start: number, end: number): Int32Array {
  return Int32Array.from({ length: end - start }, (_, i) => values[start + i]!);
}

function takeRow(pool: Piece[], rowTokens: number): TrainingSequence[] | undefined {
  const first = pool.shift();
  if (first === undefined) return undefined;
  const row = [first];
  let room = rowTokens - first.ids.length;
  while (room > 1) {
    let best = -1;
    for (let i = 0; i < pool.length; i++) {
      const { length } = pool[i]!.ids;
      if (length <= room && (best < 0 || length > pool[best]!.ids.length)) best = i;
    }
    if (best < 0) break;
    const [piece] = pool.splice(best, 1);
    row.push(piece!);
    room -= piece!.ids.length;
  }
  return row;
}
