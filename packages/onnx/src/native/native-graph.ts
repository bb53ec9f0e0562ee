import { type ModelSource, PalaverError, type ValueInfo } from "@palaver/core";
import type { Binding, Graph, Named, NewTensor } from "../driver.ts";
import { ArgumentBlock } from "./argument-block.ts";
import { LOG_FATAL, type NativeContext } from "./native-context.ts";
import { adoptNativeTensor, type NativeBacking } from "./native-tensor.ts";
import type { Pointer } from "./ort-api.ts";
import { checkStatus } from "./ort-status.ts";
import { readValueInfos } from "./value-info.ts";

const ALL_OPTIMIZATIONS = 99; // ORT_ENABLE_ALL

export interface LoadNativeGraphOptions {
  readonly threads: number;
  /** Refuses a graph of which the device leaves a part to the CPU. Default: false. */
  readonly deviceOnly?: boolean;
}

/** Loads a graph on a worker thread. @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_NOT_FOUND, ERR_LIMIT, ERR_RUNTIME */
export async function loadNativeGraph(
  context: NativeContext,
  source: ModelSource,
  { threads, deviceOnly = false }: LoadNativeGraphOptions,
): Promise<NativeGraph> {
  const { api } = context.library;
  const options = context.out("session options", (slot) => api.CreateSessionOptions(slot));
  try {
    context.call("threads", api.SetIntraOpNumThreads(options, threads));
    context.call("log level", api.SetSessionLogSeverityLevel(options, LOG_FATAL));
    context.call("optimization", api.SetSessionGraphOptimizationLevel(options, ALL_OPTIMIZATIONS));
    // Memory patterns are planned, and kept for ever, for each set of input shapes; sequences have as many as lengths.
    context.call("memory patterns", api.DisableMemPattern(options));
    if (deviceOnly)
      context.call("fallback", api.AddSessionConfigEntry(options, "session.disable_cpu_ep_fallback", "1"));
    const session = await context.turn(() => {
      context.device.append(context, options); // some providers reach for the device already here
      return createSession(context, source, options);
    });
    try {
      return new NativeGraph(context, session);
    } catch (error) {
      api.ReleaseSession(session);
      throw error;
    }
  } finally {
    api.ReleaseSessionOptions(options);
  }
}

/** A session of ONNX Runtime, with run options and an argument block that its runs, one at a time, reuse. */
export class NativeGraph implements Graph<NativeBacking> {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly #context: NativeContext;
  /** The handle, for allocators of the device's memory. */
  readonly session: Pointer;
  readonly #runOptions: Pointer;
  /** For runs that are not bound. */
  readonly #block: ArgumentBlock;
  /** Each name as a C string, and where it is. */
  readonly #text: Pointer;
  readonly #names: ReadonlyMap<string, Pointer>;
  #terminated = false;

  constructor(context: NativeContext, session: Pointer) {
    const { api } = context.library;
    this.#context = context;
    this.session = session;
    this.inputs = readValueInfos(context, session, "input");
    this.outputs = readValueInfos(context, session, "output");
    this.#block = new ArgumentBlock(context, this.inputs.length + this.outputs.length);
    const names = [...this.inputs, ...this.outputs].map(({ name }) => Buffer.from(`${name}\0`));
    const text = Buffer.concat(names);
    this.#text = copyOut(context, text);
    let at = this.#text;
    const places = new Map<string, Pointer>();
    for (const name of names) {
      places.set(name.toString("utf8", 0, name.length - 1), at);
      at += BigInt(name.length);
    }
    this.#names = places;
    this.#runOptions = context.out("run options", (slot) => api.CreateRunOptions(slot));
    context.call("log level", api.RunOptionsSetRunLogSeverityLevel(this.#runOptions, LOG_FATAL));
  }

  run(
    feeds: readonly Named<NativeBacking>[],
    fetches: readonly Named<NativeBacking | null>[],
    signal?: AbortSignal,
  ): Promise<NewTensor<NativeBacking>[]> {
    return this.#context.turn(async () => {
      this.#block.fill(this.#names, feeds, fetches);
      await this.#call(this.#block, signal);
      return fetches.flatMap(([, target], index) =>
        target === null ? [adoptNativeTensor(this.#context, this.#block.output(index))] : [],
      );
    }, signal);
  }

  bind(feeds: readonly Named<NativeBacking>[], fetches: readonly Named<NativeBacking>[]): Binding {
    const block = new ArgumentBlock(this.#context, feeds.length + fetches.length);
    let isFilled = false;
    const task = (signal: AbortSignal | undefined): Promise<void> => {
      // Not before the first run: tensors on a device are made when it may be used.
      if (!isFilled) block.fill(this.#names, feeds, fetches);
      isFilled = true;
      return this.#call(block, signal);
    };
    return {
      run: (signal) => this.#context.turn(() => task(signal), signal),
      free: () => block.free(),
    };
  }

  async free(): Promise<void> {
    const { api, koffi, trimHeap } = this.#context.library;
    api.ReleaseRunOptions(this.#runOptions);
    koffi.free(this.#text);
    this.#block.free();
    // Off the main thread: a large model's memory takes a while to go.
    const release = (): Promise<void> =>
      new Promise((resolve, reject) => {
        api.ReleaseSession.async(this.session, (error) => (error ? reject(error) : resolve()));
      });
    await this.#context.turn(release);
    await trimHeap();
  }

  async #call(block: ArgumentBlock, signal: AbortSignal | undefined): Promise<void> {
    const { api } = this.#context.library;
    if (this.#terminated) this.#context.call("run options", api.RunOptionsUnsetTerminate(this.#runOptions));
    this.#terminated = false;
    const terminate = (): void => {
      this.#terminated = true;
      this.#context.call("abort", api.RunOptionsSetTerminate(this.#runOptions));
    };
    signal?.addEventListener("abort", terminate);
    let status: Pointer | null;
    try {
      status = await block.run(this.session, this.#runOptions);
    } finally {
      signal?.removeEventListener("abort", terminate);
    }
    if (signal?.aborted && status !== null) {
      api.ReleaseStatus(status); // says that the run was terminated, which the caller knows
      throw signal.reason;
    }
    checkStatus(api, status, "run", "run");
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
    return copyOut(context, source);
  } catch (cause) {
    const message = `there is no memory for a graph of ${source.byteLength} bytes: free some, or give the path of its file`;
    throw new PalaverError("ERR_LIMIT", message, { cause, details: { requested: source.byteLength } });
  }
}

/** A copy that nobody can move, change or detach while another thread reads it. */
function copyOut(context: NativeContext, source: Uint8Array): Pointer {
  const { koffi } = context.library;
  const pointer: Pointer = koffi.alloc("uint8_t", Math.max(source.byteLength, 1));
  if (source.byteLength > 0) new Uint8Array(koffi.view(pointer, source.byteLength)).set(source);
  return pointer;
}
