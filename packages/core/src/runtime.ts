/** Element types that graphs here use. */
export type TensorType =
  | "float32"
  | "float16"
  | "bfloat16"
  | "int64"
  | "int32"
  | "int8"
  | "uint8"
  | "uint16"
  | "int16"
  | "bool"
  | "float64"
  | "uint32"
  | "uint64";

/** The typed arrays in which a tensor's elements are read and written. 16-bit floats travel as their bits. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array
  | BigInt64Array
  | BigUint64Array;

/** A tensor whose memory a runtime owns. */
export interface RuntimeTensor {
  readonly type: TensorType;
  readonly shape: readonly number[];
  /**
   * The elements, row-major, as a view: writing changes the tensor. Only for tensors in the computer's own memory. Its `buffer` stays the
   * runtime's: never resize or detach it, least of all during a run, which would go on in memory that is gone.
   * @throws ERR_CLOSED, ERR_UNSUPPORTED
   */
  readonly data: TensorData;
  close(): void;
}

/** A graph's input or output. */
export interface ValueInfo {
  readonly name: string;
  readonly type: TensorType;
  /** A number where the size is fixed, a name (or "") where it is not. */
  readonly shape: readonly (number | string)[];
}

export interface LoadOptions {
  /** Threads inside one operation. Default: what the runtime was opened with. */
  readonly threads?: number;
  /** Gives up the load: it rejects with the signal's reason at once, and what comes of it later is closed. */
  readonly signal?: AbortSignal | undefined;
}

/** Where a graph is: its file (external data lies beside it), or its bytes. */
export type ModelSource = string | Uint8Array;

/** A loaded graph. */
export interface RuntimeSession {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /**
   * Runs the graph. `fetches` names the outputs wanted: a tensor to write into (it may be one of the inputs: the
   * graph then updates it in place), or null for a new one, which the caller closes. Runs of one session queue up.
   * @throws ERR_INVALID_ARGUMENT, ERR_RUNTIME, ERR_CLOSED; `signal.reason` when aborted
   */
  run(
    feeds: Readonly<Record<string, RuntimeTensor>>,
    fetches: Readonly<Record<string, RuntimeTensor | null>>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Record<string, RuntimeTensor>>;
  /**
   * Chooses the tensors of many runs at once: what `run` looks up and checks for each run is done here. They stay in
   * memory until the bound run is closed, also if they are closed before.
   * @throws ERR_INVALID_ARGUMENT, ERR_CLOSED
   */
  bind(feeds: Readonly<Record<string, RuntimeTensor>>, fetches: Readonly<Record<string, RuntimeTensor>>): BoundRun;
  close(): Promise<void>;
}

/** Runs of a session over always the same tensors; their content may change in between. */
export interface BoundRun {
  /** Queues up with the session's other runs. @throws ERR_RUNTIME, ERR_CLOSED; `signal.reason` when aborted */
  run(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Lets the tensors go, when the runs under way have ended. Closing the session does it too. */
  close(): void;
}

/** Runs graphs on tensors that it owns, on one device. */
export interface Runtime {
  /** The driver's name: `native`, `portable`. */
  readonly driver: string;
  readonly device: string;
  readonly version: string;
  readonly threads: number;
  /**
   * @throws ERR_NOT_FOUND, ERR_FORMAT, ERR_UNSUPPORTED, ERR_LIMIT (memory, or bytes beyond 2 GiB), ERR_RUNTIME, ERR_CLOSED;
   * `signal.reason` when aborted
   */
  load(source: ModelSource, options?: LoadOptions): Promise<RuntimeSession>;
  /** A tensor filled with `data` (default: zeros). @throws ERR_INVALID_ARGUMENT, ERR_LIMIT, ERR_CLOSED */
  tensor(type: TensorType, shape: readonly number[], data?: TensorData): RuntimeTensor;
  /**
   * A tensor in the device's own memory, of undefined content: runs read and write it there, its `data` throws
   * ERR_UNSUPPORTED. Absent where the device computes in the computer's memory, as a CPU does.
   * @throws ERR_INVALID_ARGUMENT (also for no elements), ERR_LIMIT, ERR_CLOSED
   */
  readonly deviceTensor?: (type: TensorType, shape: readonly number[]) => RuntimeTensor;
  /** Closes every session and tensor, then the runtime; what fails to close does not keep the rest. @throws the first failure */
  close(): Promise<void>;
}
