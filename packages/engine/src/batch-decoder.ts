/**
 * Lets sequences that are generated at the same time share their steps: where a decoder computes rows together, one step
 * of eight rows costs far less than eight steps of one, because the weights are read once. It is a decoder over a decoder, so `generate` does not know.
 *
 * Only steps of one token by one sequence are merged, which is what decoding does; all others run as they came. A
 * merged step shows nothing of it: a row that is aborted or fails does so alone.
 */

import {
  type Decoder,
  type DecoderCache,
  type DecoderRow,
  isPalaverError,
  PalaverError,
  type StepOptions,
} from "@palaver/core";
import { nextTurn } from "./next-turn.ts";

/** Rows of one step, if not told otherwise: beyond this a step of a quantized model costs about as much more as it does more. */
const MAX_ROWS = 8;
/** Steps after which a sequence that has not come back is no longer waited for. */
const REMEMBERED_STEPS = 2;

export interface BatchOptions {
  /** The most rows of one step. Default: 8. */
  readonly maxRows?: number;
  /**
   * Lets the sequences of the last steps ask for their next one before a step begins. If it rejects, so do the steps that wait.
   * Default: a timer of 0 ms.
   */
  readonly gather?: () => Promise<void>;
}

/** A decoder that merges decoding steps which are asked for at the same time. Closing it closes the decoder. */
export function batchDecoder(decoder: Decoder, { maxRows = MAX_ROWS, gather = nextTurn }: BatchOptions = {}): Decoder {
  const queue: Request[] = [];
  const recent: DecoderCache[][] = [];
  let isRunning = false;

  const isMissingSome = (): boolean => {
    const asking = new Set(queue.flatMap(cachesOf));
    return recent.flat().some((cache) => !asking.has(cache));
  };

  const run = async (): Promise<void> => {
    isRunning = true;
    let batch: Request[] = [];
    try {
      while (queue.length > 0) {
        if (queue.length < maxRows && isMissingSome()) await gather();
        rejectAborted(queue);
        batch = takeBatch(queue, maxRows);
        recent.push(batch.flatMap(cachesOf));
        if (recent.length > REMEMBERED_STEPS) recent.shift();
        if (batch.length > 1) await runTogether(decoder, batch);
        else if (batch[0] !== undefined) await runAlone(decoder, batch[0]);
      }
    } catch (error) {
      for (const { reject } of [...batch, ...queue.splice(0)]) reject(error);
    } finally {
      isRunning = false;
    }
  };

  return {
    vocabSize: decoder.vocabSize,
    contextTokens: decoder.contextTokens,
    info: decoder.info,
    createCache: (options) => decoder.createCache(options),
    async step(rows, options = {}) {
      options.signal?.throwIfAborted();
      requireRows(rows);
      return new Promise((resolve, reject) => {
        queue.push({ rows, options, resolve, reject });
        if (!isRunning) void run();
      });
    },
    close: () => decoder.close(),
  };
}

// --- internal ---

interface Request {
  readonly rows: readonly DecoderRow[];
  readonly options: StepOptions;
  readonly resolve: (logits: Float32Array[]) => void;
  readonly reject: (reason: unknown) => void;
}

const cachesOf = (request: Request): DecoderCache[] => request.rows.map(({ cache }) => cache);

const isAborted = ({ options }: Request): boolean => options.signal?.aborted === true;

const isMergeable = ({ rows }: Request): boolean => rows.length === 1 && rows[0]!.tokens.length === 1;

/** What the queue looks at; everything else is the decoder's to check. */
function requireRows(rows: readonly DecoderRow[]): void {
  const isRow = (row: Partial<DecoderRow> | undefined): boolean =>
    row?.cache !== undefined && Array.isArray(row.tokens);
  if (Array.isArray(rows) && rows.every(isRow)) return;
  throw new PalaverError("ERR_INVALID_ARGUMENT", "a step takes a list of rows, each with a cache and a list of tokens");
}

function rejectAborted(queue: Request[]): void {
  for (const request of queue.filter(isAborted)) {
    queue.splice(queue.indexOf(request), 1);
    request.reject(request.options.signal?.reason);
  }
}

/** Takes the first request off the queue, and those that can share its step. */
function takeBatch(queue: Request[], maxRows: number): Request[] {
  const batch = queue.splice(0, 1);
  const passed = new Set(batch.flatMap(cachesOf)); // steps of one cache keep their order
  if (!batch.every(isMergeable)) return batch;
  for (let i = 0; i < queue.length && batch.length < maxRows; ) {
    const request = queue[i]!;
    const isFree = isMergeable(request) && !passed.has(request.rows[0]!.cache);
    for (const cache of cachesOf(request)) passed.add(cache);
    if (isFree) batch.push(...queue.splice(i, 1));
    else i++;
  }
  return batch;
}

async function runAlone(decoder: Decoder, { rows, options, resolve, reject }: Request): Promise<void> {
  try {
    resolve(await decoder.step(rows, options));
  } catch (error) {
    reject(error);
  }
}

/** Runs requests of one row each as one step. Only if all of them are aborted, the step is. A step that was done is never done again. */
async function runTogether(decoder: Decoder, batch: readonly Request[]): Promise<void> {
  const lengths = batch.map(({ rows }) => rows[0]!.cache.length);
  const abort = new AbortController();
  const onAbort = (): void => {
    if (batch.every(isAborted)) abort.abort();
  };
  for (const { options } of batch) options.signal?.addEventListener("abort", onAbort);
  let logits: Float32Array[];
  try {
    logits = await decoder.step(
      batch.flatMap(({ rows }) => rows),
      { signal: abort.signal },
    );
  } catch {
    // One row may be to blame, and no cache has changed: alone, each gets its own result, error or abort.
    for (const request of batch) await runAlone(decoder, request);
    return;
  } finally {
    for (const { options } of batch) options.signal?.removeEventListener("abort", onAbort);
  }
  for (const [i, request] of batch.entries()) {
    if (isAborted(request)) undo(request, lengths[i]!);
    else request.resolve([logits[i]!]);
  }
}

/** Ends an aborted request whose row was computed all the same. */
function undo({ rows, options, reject }: Request, length: number): void {
  let reason: unknown = options.signal?.reason;
  try {
    rows[0]!.cache.truncate(length);
  } catch (error) {
    // Who aborted it may have closed its cache, too: then there is nothing to forget.
    if (!isPalaverError(error, "ERR_CLOSED")) reason = error;
  }
  reject(reason);
}
