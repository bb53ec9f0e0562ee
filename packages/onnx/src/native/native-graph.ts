import type { ValueInfo } from "@palaver/core";
import type { Binding, Graph, Named, NewTensor } from "../driver.ts";
import { ArgumentBlock } from "./argument-block.ts";
import { copyToNative } from "./native-bytes.ts";
import { LOG_FATAL, type NativeContext } from "./native-context.ts";
import { adoptNativeTensor, type NativeBacking } from "./native-tensor.ts";
import type { Pointer } from "./ort-api.ts";
import { checkStatus } from "./ort-status.ts";
import { readValueInfos } from "./value-info.ts";

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
    const names = [...this.inputs, ...this.outputs].map(({ name }) => Buffer.from(`${name}\0`));
    const made: (() => void)[] = []; // what undoes each step below
    try {
      this.#runOptions = context.out("run options", (slot) => api.CreateRunOptions(slot));
      made.push(() => api.ReleaseRunOptions(this.#runOptions));
      context.call("log level", api.RunOptionsSetRunLogSeverityLevel(this.#runOptions, LOG_FATAL));
      this.#text = copyToNative(context, Buffer.concat(names));
      made.push(() => context.library.koffi.free(this.#text));
      this.#block = new ArgumentBlock(context, names.length);
    } catch (error) {
      for (const undo of made.reverse()) undo();
      throw error;
    }
    let at = this.#text;
    const places = new Map<string, Pointer>();
    for (const name of names) {
      places.set(name.toString("utf8", 0, name.length - 1), at);
      at += BigInt(name.length);
    }
    this.#names = places;
  }

  run(
    feeds: readonly Named<NativeBacking>[],
    fetches: readonly Named<NativeBacking | null>[],
    signal?: AbortSignal,
  ): Promise<NewTensor<NativeBacking>[]> {
    return this.#context.turn(async () => {
      this.#block.fill(this.#names, feeds, fetches);
      await this.#call(this.#block, signal);
      const outputs = fetches.flatMap(([, target], index) => (target === null ? [this.#block.output(index)] : []));
      return adoptAll(this.#context, outputs);
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
    await releaseSession(this.#context, this.session);
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

/** Frees a session in the device's turn and off the main thread: a large model's memory takes a while to go. */
export function releaseSession(context: NativeContext, session: Pointer): Promise<void> {
  const { api } = context.library;
  return context.turn(
    () =>
      new Promise((resolve, reject) => {
        api.ReleaseSession.async(session, (error) => (error ? reject(error) : resolve()));
      }),
  );
}

// --- internal ---

/** Takes over what a run allocated; none of it stays where one cannot be taken. */
function adoptAll(context: NativeContext, pointers: readonly Pointer[]): NewTensor<NativeBacking>[] {
  const tensors: NewTensor<NativeBacking>[] = [];
  try {
    for (const pointer of pointers) tensors.push(adoptNativeTensor(context, pointer));
    return tensors;
  } catch (error) {
    for (const { backing } of tensors) backing.free();
    for (const pointer of pointers.slice(tensors.length)) context.library.api.ReleaseValue(pointer);
    throw error;
  }
}
