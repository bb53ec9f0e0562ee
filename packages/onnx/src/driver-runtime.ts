import {
  type LoadOptions,
  type ModelSource,
  PalaverError,
  type Runtime,
  type RuntimeSession,
  type RuntimeTensor,
  type TensorData,
  type TensorType,
} from "@palaver/core";
import { checkThreads } from "./check-threads.ts";
import { closeInTurn, settled } from "./close-in-turn.ts";
import type { Backing, Driver, DriverLoadOptions } from "./driver.ts";
import { DriverSession } from "./driver-session.ts";
import { DriverTensor } from "./driver-tensor.ts";
import { shapeSize } from "./tensor-memory.ts";
import { TENSOR_TYPES } from "./tensor-type.ts";

// Protobuf reads no more from memory.
const MAX_GRAPH_BYTES = 2 ** 31 - 1;

/** A device that was tried and not taken. */
export interface PassedOver {
  readonly device: string;
  /** What was missing, or what ONNX Runtime said. */
  readonly reason: string;
}

export interface DriverRuntimeOptions {
  readonly device: string;
  readonly threads: number;
  readonly passedOver: readonly PassedOver[];
}

/** The root of the owner tree: it knows every session and tensor that is open, and closes them before itself. */
export class DriverRuntime<B extends Backing> implements Runtime {
  readonly device: string;
  readonly threads: number;
  readonly passedOver: readonly PassedOver[];
  readonly deviceTensor?: (type: TensorType, shape: readonly number[]) => RuntimeTensor;
  readonly #driver: Driver<B>;
  readonly #sessions = new Set<DriverSession<B>>();
  readonly #tensors = new Set<DriverTensor<B>>();
  readonly #loads = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(driver: Driver<B>, { device, threads, passedOver }: DriverRuntimeOptions) {
    this.device = device;
    this.threads = threads;
    this.passedOver = passedOver;
    this.#driver = driver;
    const { allocateOnDevice } = driver;
    if (allocateOnDevice === undefined) return;
    this.deviceTensor = (type, shape) => {
      this.#requireUsable(type);
      return new DriverTensor({ backing: allocateOnDevice(type, shape), type, shape }, this.#tensors);
    };
  }

  get driver(): string {
    return this.#driver.name;
  }

  get version(): string {
    return this.#driver.version;
  }

  /** As of every runtime. The native driver stops a load that is given up between two weights, the portable one not at all. */
  async load(source: ModelSource, options: LoadOptions = {}): Promise<RuntimeSession> {
    const { threads = this.threads, signal } = options;
    this.#requireOpen();
    requireLoadable(source);
    checkThreads(threads);
    signal?.throwIfAborted();
    const loading = this.#load(source, { threads, signal });
    this.#loads.add(loading);
    const forget = (): unknown => this.#loads.delete(loading);
    loading.then(forget, forget);
    return unlessAborted(loading, signal);
  }

  tensor(type: TensorType, shape: readonly number[], data?: TensorData): RuntimeTensor {
    this.#requireUsable(type);
    if (data !== undefined) checkData(type, shape, data);
    const backing = this.#driver.allocate(type, shape);
    if (data !== undefined) copyInto(backing.view(false), data);
    return new DriverTensor({ backing, type, shape }, this.#tensors);
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  /** Loads a graph, or frees it where closing has begun meanwhile: closing waits for both. */
  async #load(source: ModelSource, options: DriverLoadOptions): Promise<RuntimeSession> {
    const graph = await this.#driver.load(source, options);
    if (this.#closing !== undefined) await graph.free();
    this.#requireOpen();
    const session: DriverSession<B> = new DriverSession(graph, this.#tensors, () => this.#sessions.delete(session));
    this.#sessions.add(session);
    return session;
  }

  async #closeAll(): Promise<void> {
    const sessions = settled([...this.#sessions].map((session) => session.close()));
    await closeInTurn([
      () => sessions,
      () => Promise.allSettled(this.#loads), // who asked for one hears of its failure
      () => closeInTurn([...this.#tensors].map((tensor) => () => tensor.close())),
      () => this.#driver.free(),
    ]);
  }

  #requireUsable(type: TensorType): void {
    this.#requireOpen();
    if (Object.hasOwn(TENSOR_TYPES, type)) return;
    throw new PalaverError("ERR_INVALID_ARGUMENT", `there is no tensor type ${type}`);
  }

  #requireOpen(): void {
    if (this.#closing !== undefined) throw new PalaverError("ERR_CLOSED", "the runtime is closed");
  }
}

// --- internal ---

/** The session, or the signal's reason as soon as that is aborted: a session that comes all the same is closed. */
function unlessAborted(loading: Promise<RuntimeSession>, signal: AbortSignal | undefined): Promise<RuntimeSession> {
  if (signal === undefined) return loading;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      reject(signal.reason);
      // What fails to close stays the runtime's, whose own closing tells of it.
      loading.then((session) => session.close()).catch(() => undefined);
    };
    signal.addEventListener("abort", giveUp);
    loading.then(resolve, reject).finally(() => signal.removeEventListener("abort", giveUp));
  });
}

function requireLoadable(source: ModelSource): void {
  if (typeof source === "string" || source.byteLength <= MAX_GRAPH_BYTES) return;
  const message = `a graph in memory has at most ${MAX_GRAPH_BYTES} bytes, got ${source.byteLength}: give the path of its file`;
  throw new PalaverError("ERR_LIMIT", message, {
    details: { limit: MAX_GRAPH_BYTES, requested: source.byteLength },
  });
}

function checkData(type: TensorType, shape: readonly number[], data: TensorData): void {
  const { array } = TENSOR_TYPES[type];
  // By tag and not by instanceof: typed arrays of another realm are as good.
  if (data[Symbol.toStringTag] !== array.name) {
    const message = `a ${type} tensor takes ${array.name}, got ${data[Symbol.toStringTag]}`;
    throw new PalaverError("ERR_INVALID_ARGUMENT", message);
  }
  if (data.length !== shapeSize(shape)) {
    const message = `shape (${shape}) has ${shapeSize(shape)} elements, the data has ${data.length}`;
    throw new PalaverError("ERR_INVALID_ARGUMENT", message);
  }
}

function copyInto(target: TensorData, source: TensorData): void {
  // Both are of the type's own array class, which `checkData` has made sure of; as bytes one call fits them all.
  const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  bytes.set(new Uint8Array(source.buffer, source.byteOffset, source.byteLength));
}
