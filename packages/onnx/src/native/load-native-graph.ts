import { type ModelSource, PalaverError } from "@palaver/core";
import { copyToNative } from "./native-bytes.ts";
import { LOG_FATAL, type NativeContext } from "./native-context.ts";
import { NativeGraph, releaseSession } from "./native-graph.ts";
import type { Pointer } from "./ort-api.ts";
import { checkStatus } from "./ort-status.ts";

const ALL_OPTIMIZATIONS = 99; // ORT_ENABLE_ALL

export interface LoadNativeGraphOptions {
  readonly threads: number;
  /** Refuses a graph of which the device leaves a part to the CPU. Default: false. */
  readonly deviceOnly?: boolean;
  /** Ends the load between two of its weights. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Loads a graph on a worker thread.
 * @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_NOT_FOUND, ERR_LIMIT, ERR_RUNTIME; `signal.reason` when aborted
 */
export async function loadNativeGraph(
  context: NativeContext,
  source: ModelSource,
  { threads, deviceOnly = false, signal }: LoadNativeGraphOptions,
): Promise<NativeGraph> {
  signal?.throwIfAborted();
  const { api, trimHeap } = context.library;
  const options = context.out("session options", (slot) => api.CreateSessionOptions(slot));
  // The session shares the flag, which is safe to set while another thread loads.
  const cancel = (): void => context.call("cancellation", api.SessionOptionsSetLoadCancellationFlag(options, true));
  try {
    context.call("threads", api.SetIntraOpNumThreads(options, threads));
    context.call("log level", api.SetSessionLogSeverityLevel(options, LOG_FATAL));
    context.call("optimization", api.SetSessionGraphOptimizationLevel(options, ALL_OPTIMIZATIONS));
    // Memory patterns are planned, and kept for ever, for each set of input shapes; sequences have as many as lengths.
    context.call("memory patterns", api.DisableMemPattern(options));
    if (deviceOnly)
      context.call("fallback", api.AddSessionConfigEntry(options, "session.disable_cpu_ep_fallback", "1"));
    signal?.addEventListener("abort", cancel);
    const session = await context.turn(() => {
      context.device.append(context, options); // some providers reach for the device already here
      return createSession(context, source, options);
    }, signal);
    try {
      signal?.throwIfAborted();
      return new NativeGraph(context, session);
    } catch (error) {
      await releaseSession(context, session);
      throw error;
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
    await trimHeap(); // of the weights that were read already
    throw signal.reason;
  } finally {
    signal?.removeEventListener("abort", cancel);
    api.ReleaseSessionOptions(options);
  }
}

// --- internal ---

async function createSession(context: NativeContext, source: ModelSource, options: Pointer): Promise<Pointer> {
  const { api, koffi } = context.library;
  // Not the context's slot: calls of other loads may come between.
  const slot: Pointer = koffi.alloc("uint64_t", 1);
  let bytes: Pointer | undefined;
  try {
    if (typeof source !== "string") bytes = graphBytes(context, source);
    const status = await new Promise<Pointer | null>((resolve, reject) => {
      const done = (error: unknown, result: Pointer | null): void => (error ? reject(error) : resolve(result));
      if (typeof source === "string") api.CreateSession.async(context.env, source, options, slot, done);
      else api.CreateSessionFromArray.async(context.env, bytes!, source.byteLength, options, slot, done);
    });
    checkStatus(api, status, "load", typeof source === "string" ? source : "graph");
    return koffi.decode(slot, "void *");
  } finally {
    koffi.free(slot);
    if (bytes !== undefined) koffi.free(bytes);
  }
}

function graphBytes(context: NativeContext, source: Uint8Array): Pointer {
  try {
    return copyToNative(context, source);
  } catch (cause) {
    const message = `there is no memory for a graph of ${source.byteLength} bytes: free some, or give the path of its file`;
    throw new PalaverError("ERR_LIMIT", message, { cause, details: { requested: source.byteLength } });
  }
}
