import { type Decoder, type DecoderCache, PalaverError } from "@palaver/core";

export interface MeasurePlan {
  /** Lengths of prompts to time, in tokens. */
  readonly prefill: readonly number[];
  /** Lengths of contexts at which to time decoding, in tokens. */
  readonly contexts: readonly number[];
  /** Rounds that count; one more goes before them to warm up. */
  readonly runs: number;
  readonly signal: AbortSignal;
}

/** Medians. `cpuMs` is the processor time of the whole process: on a busy machine it is steadier than the clock. */
export interface DecoderTimes {
  readonly prefill: readonly { readonly tokens: number; readonly ms: number; readonly cpuMs: number }[];
  readonly decode: readonly {
    readonly context: number;
    readonly msPerToken: number;
    readonly cpuMsPerToken: number;
  }[];
}

/** Tokens decoded at each context in each round, each timed by itself. */
const decodedTokens = 16;

/**
 * Times prompts, and tokens one by one after contexts of given lengths. Cases take turns within a round, so that
 * another program's load falls on all of them alike.
 * @throws ERR_INVALID_ARGUMENT, ERR_LIMIT, ERR_RUNTIME; `signal.reason` when aborted
 */
export async function measureDecoder(decoder: Decoder, plan: MeasurePlan): Promise<DecoderTimes> {
  const { runs, signal } = plan;
  const prompts = plan.prefill.map((length): Case => {
    return { length, cache: decoder.createCache({ capacity: length }), times: [] };
  });
  const contexts: Case[] = [];
  for (const length of plan.contexts) {
    const cache = decoder.createCache({ capacity: length + decodedTokens });
    await decoder.step([{ cache, tokens: anyTokens(decoder, length), logits: "none" }], { signal });
    contexts.push({ length, cache, times: [] });
  }
  for (let round = 0; round <= runs; round++) {
    const counts = round > 0;
    for (const { cache, length, times } of prompts) {
      cache.truncate(0);
      const tokens = anyTokens(decoder, length);
      const time = await timed(() => decoder.step([{ cache, tokens }], { signal }));
      if (counts) times.push(time);
    }
    for (const { cache, length, times } of contexts) {
      cache.truncate(length);
      for (const token of anyTokens(decoder, decodedTokens)) {
        const time = await timed(() => decoder.step([{ cache, tokens: [token] }], { signal }));
        if (counts) times.push(time);
      }
    }
  }
  for (const { cache } of [...prompts, ...contexts]) cache.close();
  return {
    prefill: prompts.map(({ length, times }) => ({ tokens: length, ...medians(times) })),
    decode: contexts.map(({ length, times }) => {
      const { ms, cpuMs } = medians(times);
      return { context: length, msPerToken: ms, cpuMsPerToken: cpuMs };
    }),
  };
}

/** Tokens of the longest sequence that a plan makes. */
export function longestSequence({ prefill, contexts }: Pick<MeasurePlan, "prefill" | "contexts">): number {
  return Math.max(0, ...prefill, ...contexts.map((context) => context + decodedTokens));
}

/** Refuses a plan that a model is too short for, before anything is written or loaded. @throws ERR_CONTEXT_FULL */
export function checkPlan(plan: MeasurePlan, contextTokens: number): void {
  const longest = longestSequence(plan);
  if (longest <= contextTokens) return;
  const message = `the model holds ${contextTokens} tokens, this measurement needs ${longest}`;
  throw new PalaverError("ERR_CONTEXT_FULL", `${message}: lower --contexts or --prefill`);
}

// --- internal ---

interface Time {
  readonly ms: number;
  readonly cpuMs: number;
}

/** One cache of a given length, and what it took each time. */
interface Case {
  readonly length: number;
  readonly cache: DecoderCache;
  readonly times: Time[];
}

// Which tokens does not matter to the time; that they differ keeps one row of the embedding from staying in cache.
function anyTokens({ vocabSize }: Decoder, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (i * 7919 + 1) % vocabSize);
}

async function timed(action: () => Promise<unknown>): Promise<Time> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await action();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, cpuMs: (user + system) / 1000 };
}

function medians(times: readonly Time[]): Time {
  return { ms: median(times.map(({ ms }) => ms)), cpuMs: median(times.map(({ cpuMs }) => cpuMs)) };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const value = ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
  return Math.round(value * 1000) / 1000;
}
