import {
  type Decoder,
  type LoadOptions,
  type ModelSource,
  PalaverError,
  type Runtime,
  type RuntimeSession,
} from "@palaver/core";
import { closeInTurn } from "../close-in-turn.ts";
import { openCacheBudget } from "./cache-budget.ts";
import { type FindFormOptions, findForm } from "./find-form.ts";
import { type LoadedForm, ModelDecoder } from "./model-decoder.ts";

// Long enough for full matrix products, short enough that an abort or another row waits for tens of milliseconds.
const DEFAULT_PREFILL_TOKENS = 128;

export interface OpenDecoderOptions extends FindFormOptions {
  /** The longest sequence that the model was built for. A graph does not tell: its tables are inside. */
  readonly contextTokens: number;
  /** Words in the vocabulary; needed only where the graph leaves it open. Default: the last size of the logits. */
  readonly vocabSize?: number;
  /** Heads of keys and values; needed only where the graph leaves it open. */
  readonly kvHeads?: number;
  /** Numbers a head; needed only where the graph leaves it open. */
  readonly headDim?: number;
  /** Tokens of a prompt that run at once. Default: 128. */
  readonly prefillTokens?: number;
  /**
   * A second graph with the same inputs and outputs, for steps of more than one token: products in int8 are
   * faster for many rows, and not for one. Both fill the same caches. Loaded on the CPU only. Default: none.
   */
  readonly prefillModel?: ModelSource | undefined;
  /**
   * Bytes that all caches may take together, by capacity. Default: half of what the process can still get when the weights are
   * loaded; in the computer's memory no cache may then be larger, either, than what is left when it is made and no cache of the
   * process, of this decoder or another, was promised.
   */
  readonly maxCacheBytes?: number;
  /** Threads inside one operation. Default: the runtime's. */
  readonly threads?: number;
  /** Gives up the opening: it rejects with the signal's reason, and what was loaded is closed. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Loads a decoder graph: one with a shared cache that attention updates in place, or one of the hub's kind whose caches
 * grow. Which it is shows in its inputs. The decoder closes the graph, not the runtime.
 * @throws ERR_NOT_FOUND, ERR_FORMAT, ERR_UNSUPPORTED, ERR_INVALID_ARGUMENT, ERR_LIMIT, ERR_RUNTIME, ERR_CLOSED; `signal.reason`
 * when aborted
 */
export async function openDecoder(runtime: Runtime, model: ModelSource, options: OpenDecoderOptions): Promise<Decoder> {
  const { contextTokens, prefillTokens = DEFAULT_PREFILL_TOKENS, maxCacheBytes, threads, prefillModel } = options;
  requirePositive("contextTokens", contextTokens);
  requirePositive("prefillTokens", prefillTokens);
  if (maxCacheBytes !== undefined && !(maxCacheBytes >= 0)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `maxCacheBytes must be 0 or more, got ${maxCacheBytes}`);
  }
  const main = await load(runtime, model, options);
  let prefill: LoadedForm | undefined;
  try {
    if (prefillModel !== undefined && runtime.device === "cpu") {
      prefill = await load(runtime, prefillModel, options);
      requireSame(main.session, prefill.session);
    }
    const { driver, device, version } = runtime;
    const info = { driver, device, runtimeVersion: version, threads: threads ?? runtime.threads };
    const budget = openCacheBudget({ maxCacheBytes, onDevice: runtime.deviceTensor !== undefined });
    return new ModelDecoder(main, { info, contextTokens, prefillTokens, budget, prefill });
  } catch (error) {
    const closing = [prefill?.form, prefill?.session, main.form, main.session].map((opened) => () => opened?.close());
    await closeInTurn(closing);
    throw error;
  }
}

// --- internal ---

async function load(runtime: Runtime, model: ModelSource, options: OpenDecoderOptions): Promise<LoadedForm> {
  const { threads, signal } = options;
  signal?.throwIfAborted();
  const loading: LoadOptions = { ...(threads !== undefined && { threads }), signal };
  const session = await runtime.load(model, loading);
  try {
    signal?.throwIfAborted(); // of a runtime that knows no signals
    refuseInt8Caches(runtime, session);
    return { session, form: findForm({ runtime, session }, options) };
  } catch (error) {
    await session.close();
    throw error;
  }
}

// Elsewhere the operator fails in a run, ends the process or takes the numbers for others.
function refuseInt8Caches({ device }: Runtime, { inputs }: RuntimeSession): void {
  const int8 = inputs.find(({ type, shape }) => type === "int8" && shape.length === 4);
  if (int8 === undefined || device === "cpu") return;
  const message = `the graph's cache ${int8.name} is int8, which runs on the CPU only, not on ${device}: choose the device cpu, or a graph with float32 caches`;
  throw new PalaverError("ERR_UNSUPPORTED", message, { details: { device } });
}

// A cache that one graph fills the other reads: layers, heads and types have to agree.
function requireSame(main: RuntimeSession, prefill: RuntimeSession): void {
  const values = ({ inputs, outputs }: RuntimeSession): string => JSON.stringify([inputs, outputs]);
  if (values(main) === values(prefill)) return;
  throw new PalaverError("ERR_FORMAT", "the graph for prompts has other inputs or outputs than the model's own");
}

// seqlens_k and total_sequence_length are int32.
const MAX_TOKENS = 2 ** 31 - 1;

function requirePositive(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= MAX_TOKENS) return;
  throw new PalaverError("ERR_INVALID_ARGUMENT", `${name} must be 1 to ${MAX_TOKENS}, got ${value}`);
}
