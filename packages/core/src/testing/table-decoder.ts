/**
 * A decoder without a model: its logits are a hash of the tokens so far. The same sequence gives the same bits however
 * it was fed (whole, in chunks, after a fork, beside other rows), a different one gives others, and nothing is learnt.
 */

import type { Decoder, DecoderCache, DecoderInfo, DecoderRow, StepOptions } from "../decoder.ts";
import { PalaverError } from "../error.ts";
import { createTableCaches, type TableCache } from "./table-cache.ts";

/** The logit of a scripted token. The others stay within [-4, 4], so that it is chosen at any usual temperature. */
const SCRIPTED_LOGIT = 40;

/** One step as it was asked for, for assertions about what an engine sends. */
export interface TableStep {
  readonly rows: readonly { readonly start: number; readonly tokens: readonly number[] }[];
}

export interface TableDecoderOptions {
  /** Default: 64. */
  readonly vocabSize?: number;
  /** Default: 256. */
  readonly contextTokens?: number;
  /** Tables of different seeds disagree. Default: 1. */
  readonly seed?: number;
  /**
   * What to say. A list is said from its start and goes on where the sequence ends with a beginning of it (the longest
   * one counts; after the whole list it starts again). A function gives the token that follows a sequence, or
   * undefined for no preference. Default: no preference.
   */
  readonly script?: readonly number[] | ((ids: readonly number[]) => number | undefined);
  /**
   * Awaited in front of each step's work, so in its middle: wait to show latency, throw to show failure. An abort ends the
   * step even while this is pending. `index` counts steps from 0. Default: none.
   */
  readonly onStep?: (rows: readonly DecoderRow[], index: number) => void | Promise<void>;
  /** Tokens that all open caches may hold together, by capacity; beyond it `createCache` throws ERR_LIMIT. Default: no limit. */
  readonly maxCacheTokens?: number;
}

/** A double with a look at what happened to it. */
export interface TableDecoder extends Decoder {
  /** The steps that began, in order. */
  readonly steps: readonly TableStep[];
  /** Caches that are open now: 0 in the end if nothing leaks. */
  readonly openCaches: number;
  readonly closed: boolean;
}

/** A small deterministic decoder for tests of engines, sessions and servers. */
export function tableDecoder(options: TableDecoderOptions = {}): TableDecoder {
  const { vocabSize = 64, contextTokens = 256, seed = 1, script, onStep, maxCacheTokens = Infinity } = options;
  const caches = createTableCaches(contextTokens, maxCacheTokens);
  const steps: TableStep[] = [];
  const next = typeof script === "function" ? script : (ids: readonly number[]) => scriptedToken(ids, script ?? []);
  let closed = false;
  let queue: Promise<unknown> = Promise.resolve();

  const logitsOf = (ids: readonly number[]): Float32Array => {
    const logits = hashedLogits(ids, vocabSize, seed);
    const token = next(ids);
    if (token !== undefined) logits[token] = SCRIPTED_LOGIT;
    return logits;
  };

  const run = async (rows: readonly DecoderRow[], signal: AbortSignal | undefined): Promise<Float32Array[]> => {
    if (closed) throw closedError();
    signal?.throwIfAborted();
    if (rows.length === 0) throw new PalaverError("ERR_INVALID_ARGUMENT", "a step needs at least one row");
    const targets = rows.map((row) => checkedCache(row, caches.find(row.cache), vocabSize));
    if (new Set(targets).size !== targets.length) {
      throw new PalaverError("ERR_INVALID_ARGUMENT", "one cache appears in two rows of a step");
    }
    const index = steps.length;
    steps.push({ rows: rows.map((row) => ({ start: row.cache.length, tokens: [...row.tokens] })) });
    for (const target of targets) target.busy = true;
    try {
      await untilAborted(onStep?.(rows, index), signal);
    } finally {
      for (const target of targets) target.busy = false;
    }
    return rows.map((row, i) => extend(targets[i]!, row, logitsOf));
  };

  return {
    vocabSize,
    contextTokens,
    info: { driver: "table", device: "cpu", runtimeVersion: "1", threads: 1 } satisfies DecoderInfo,
    steps,
    get openCaches() {
      return caches.open;
    },
    get closed() {
      return closed;
    },
    createCache({ capacity = contextTokens } = {}): DecoderCache {
      if (closed) throw closedError();
      return caches.create(capacity);
    },
    async step(rows: readonly DecoderRow[], { signal }: StepOptions = {}): Promise<Float32Array[]> {
      if (closed) throw closedError();
      const result = queue.then(() => run(rows, signal));
      queue = result.catch(() => undefined); // the caller has the error; the queue only waits
      return result;
    },
    async close(): Promise<void> {
      closed = true;
      await queue;
      caches.closeAll();
    },
  };
}

// --- internal ---

function closedError(): PalaverError {
  return new PalaverError("ERR_CLOSED", "the decoder is closed");
}

function scriptedToken(ids: readonly number[], script: readonly number[]): number | undefined {
  for (let length = script.length - 1; length > 0; length--) {
    if (length > ids.length) continue;
    if (script.slice(0, length).every((id, i) => id === ids[ids.length - length + i])) return script[length];
  }
  return script[0];
}

/** FNV-1a over the ids, then one xorshift-mixed value a token (figures of http://www.isthe.com/chongo/tech/comp/fnv/). */
function hashedLogits(ids: readonly number[], vocabSize: number, seed: number): Float32Array {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (const id of ids) hash = Math.imul(hash ^ (id + 1), 0x01000193) >>> 0;
  const logits = new Float32Array(vocabSize);
  for (let token = 0; token < vocabSize; token++) {
    let mixed = Math.imul(hash ^ Math.imul(token + 1, 0x9e3779b1), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    logits[token] = ((mixed ^ (mixed >>> 16)) >>> 0) / 0x20000000 - 4;
  }
  return logits;
}

function checkedCache(row: DecoderRow, cache: TableCache | undefined, vocabSize: number): TableCache {
  if (cache === undefined) throw new PalaverError("ERR_INVALID_ARGUMENT", "the cache belongs to another decoder");
  if (cache.closed) throw new PalaverError("ERR_CLOSED", "the cache is closed");
  if (row.tokens.length === 0) throw new PalaverError("ERR_INVALID_ARGUMENT", "a row needs at least one token");
  for (const id of row.tokens) {
    if (!Number.isInteger(id) || id < 0 || id >= vocabSize) {
      throw new PalaverError("ERR_INVALID_ARGUMENT", `token ${id} is not in the vocabulary of ${vocabSize}`);
    }
  }
  const { capacity } = row.cache;
  const needed = cache.ids.length + row.tokens.length;
  if (needed > capacity) {
    throw new PalaverError("ERR_CONTEXT_FULL", `the cache holds ${capacity} tokens, the step needs ${needed}`, {
      details: { capacity, needed },
    });
  }
  return cache;
}

/** Waits for `work`, but not beyond an abort. */
async function untilAborted(work: void | Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work;
  let stop = () => {};
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
    signal.addEventListener("abort", stop);
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
  signal.throwIfAborted();
}

function extend(cache: TableCache, row: DecoderRow, logitsOf: (ids: readonly number[]) => Float32Array): Float32Array {
  const start = cache.ids.length;
  cache.ids.push(...row.tokens);
  if (row.logits === "none") return new Float32Array(0);
  if (row.logits !== "all") return logitsOf(cache.ids);
  const rows = row.tokens.map((_, i) => logitsOf(cache.ids.slice(0, start + i + 1)));
  const all = new Float32Array(rows.length * (rows[0]?.length ?? 0));
  for (const [i, logits] of rows.entries()) all.set(logits, i * logits.length);
  return all;
}
