import {
  type Decoder,
  type DecoderCache,
  type DecoderInfo,
  type DecoderRow,
  PalaverError,
  type RuntimeSession,
  type StepOptions,
} from "@palaver/core";
import { closeInTurn } from "../close-in-turn.ts";
import { createRunQueue } from "../run-queue.ts";
import type { CacheBudget } from "./cache-budget.ts";
import type { CacheState } from "./cache-state.ts";
import { checkRow } from "./check-row.ts";
import type { DecoderForm } from "./decoder-form.ts";
import { type CacheKeeper, ModelCache } from "./model-cache.ts";

/** A loaded graph and how it takes tokens. */
export interface LoadedForm {
  readonly session: RuntimeSession;
  readonly form: DecoderForm;
}

export interface ModelDecoderOptions {
  readonly info: DecoderInfo;
  readonly contextTokens: number;
  readonly prefillTokens: number;
  readonly budget: CacheBudget;
  /** Takes the rows of more than one token, into the caches of the other. */
  readonly prefill?: LoadedForm | undefined;
}

/** A row's outcome that is not yet part of its cache. */
interface PendingRow {
  readonly cache: ModelCache;
  readonly state: CacheState;
  readonly length: number;
  readonly logits: Float32Array;
}

/**
 * A decoder over a graph of either form. Rows of a step run one after the other: a batch of one-token rows would
 * need its caches in one tensor, and copying them there costs more than the batch saves on a CPU.
 */
export class ModelDecoder implements Decoder {
  readonly vocabSize: number;
  readonly contextTokens: number;
  readonly info: DecoderInfo;
  readonly #session: RuntimeSession;
  readonly #form: DecoderForm;
  readonly #prefill: LoadedForm | undefined;
  readonly #prefillTokens: number;
  readonly #budget: CacheBudget;
  readonly #caches = new Set<ModelCache>();
  /** Copies that still use the memory of closed caches. */
  readonly #leaving = new Set<Promise<void>>();
  readonly #queue = createRunQueue();
  readonly #keeper: CacheKeeper;
  #closing: Promise<void> | undefined;

  /** Takes over the sessions. */
  constructor({ session, form }: LoadedForm, options: ModelDecoderOptions) {
    this.vocabSize = form.vocabSize;
    this.contextTokens = options.contextTokens;
    this.info = options.info;
    this.#session = session;
    this.#form = form;
    this.#prefill = options.prefill;
    this.#prefillTokens = options.prefillTokens;
    this.#budget = options.budget;
    this.#keeper = {
      fork: (state, length, capacity) => this.#open(capacity, length, () => form.fork(state, length, capacity), state),
      closed: (cache) => {
        this.#caches.delete(cache);
      },
      freed: (cache, work) => {
        if (work === undefined) cache.share.give();
        else this.#giveAfter(work, cache);
      },
    };
  }

  createCache({ capacity = this.contextTokens }: { readonly capacity?: number } = {}): DecoderCache {
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > this.contextTokens) {
      const message = `capacity must be 1 to ${this.contextTokens} tokens, got ${capacity}`;
      throw new PalaverError("ERR_INVALID_ARGUMENT", message);
    }
    return this.#open(capacity, 0, () => this.#form.empty(capacity));
  }

  async step(rows: readonly DecoderRow[], { signal }: StepOptions = {}): Promise<Float32Array[]> {
    this.#requireOpen();
    const turn = this.#queue.enter(signal);
    if (turn !== undefined) await turn;
    try {
      signal?.throwIfAborted();
      return await this.#run(rows, signal);
    } finally {
      this.#queue.leave();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #run(rows: readonly DecoderRow[], signal: AbortSignal | undefined): Promise<Float32Array[]> {
    this.#requireOpen();
    const caches = this.#checkRows(rows);
    const states = caches.map((cache) => cache.begin()); // all of them: one that is closed meanwhile stays until its row has run
    const pending: PendingRow[] = [];
    try {
      for (const [i, row] of rows.entries()) {
        pending.push(await this.#runRow({ cache: caches[i]!, state: states.shift()! }, row, signal));
      }
    } catch (error) {
      for (const state of states) state.release();
      for (const { state } of pending) state.release();
      for (const cache of caches) cache.cancel();
      throw error;
    }
    // Only now: a step changes all of its caches or none.
    for (const { cache, state, length } of pending) {
      cache.share.written(length * this.#form.bytesPerToken);
      cache.commit(state, length);
    }
    return pending.map(({ logits }) => logits);
  }

  #checkRows(rows: readonly DecoderRow[]): ModelCache[] {
    if (rows.length === 0) throw new PalaverError("ERR_INVALID_ARGUMENT", "a step needs at least one row");
    const caches = rows.map((row) => {
      const cache = checkRow(row, this.vocabSize);
      cache.requireOpen();
      if (this.#caches.has(cache)) return cache;
      throw new PalaverError("ERR_INVALID_ARGUMENT", "the cache belongs to another decoder");
    });
    if (new Set(caches).size === caches.length) return caches;
    throw new PalaverError("ERR_INVALID_ARGUMENT", "one cache appears in two rows of a step");
  }

  /** Takes over the hold on the state. */
  async #runRow(
    { cache, state: before }: Pick<PendingRow, "cache" | "state">,
    row: DecoderRow,
    signal: AbortSignal | undefined,
  ): Promise<PendingRow> {
    const { tokens, logits: want = "last" } = row;
    // By the row's length and not the piece's: a piece may be of one token, and must not be computed otherwise for that.
    const form = tokens.length > 1 && this.#prefill !== undefined ? this.#prefill.form : this.#form;
    let state = before;
    const logits: Float32Array[] = [];
    try {
      for (let at = 0; at < tokens.length; at += this.#prefillTokens) {
        const piece = tokens.slice(at, at + this.#prefillTokens);
        const isLast = at + piece.length === tokens.length;
        const next = await form.forward({
          state,
          start: cache.length + at,
          tokens: piece,
          logits: want === "last" && !isLast ? "none" : want,
          // Pieces of one row must not share it.
          into: piece.length === tokens.length ? row.into : undefined,
          ...(signal !== undefined && { signal }),
        });
        state.release();
        state = next.state;
        if (next.logits.length > 0) logits.push(next.logits);
      }
    } catch (error) {
      state.release();
      throw error;
    }
    return { cache, state, length: cache.length + tokens.length, logits: joined(logits) };
  }

  /** `original` is the state that `make` copies, if it copies one. */
  #open(capacity: number, length: number, make: () => CacheState, original?: CacheState): ModelCache {
    this.#requireOpen();
    const share = this.#budget.take(capacity * this.#form.bytesPerToken);
    try {
      const state = make();
      const cache = new ModelCache(this.#keeper, state, { length, capacity, share });
      this.#caches.add(cache);
      // A fork that shares its original's memory has written none of its own.
      if (state !== original) this.#noteCopy(cache, state);
      return cache;
    } catch (error) {
      share.give();
      throw error;
    }
  }

  /** Notes what a copy has written, when it is made. */
  #noteCopy({ length, share }: ModelCache, state: CacheState): void {
    const note = (): void => share.written(length * this.#form.bytesPerToken);
    const copying = state.ready();
    if (copying === undefined) note();
    else copying.then(note, () => undefined); // the next step tells of a copy that failed
  }

  #giveAfter(work: Promise<unknown>, { share }: ModelCache): void {
    const give = (): void => share.give();
    const done: Promise<void> = work.then(give, give).then(() => {
      this.#leaving.delete(done);
    });
    this.#leaving.add(done);
  }

  async #closeAll(): Promise<void> {
    await this.#queue.idle();
    await closeInTurn([
      () => closeInTurn([...this.#caches].map((cache) => () => cache.close())),
      () => Promise.all(this.#leaving),
      () => this.#prefill?.form.close(),
      () => this.#prefill?.session.close(),
      () => this.#form.close(),
      () => this.#session.close(),
    ]);
  }

  #requireOpen(): void {
    if (this.#closing !== undefined) throw new PalaverError("ERR_CLOSED", "the decoder is closed");
  }
}

// --- internal ---

/** One piece's logits as they are, since a copy of a vocabulary's row costs as much as a few small products. */
function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
