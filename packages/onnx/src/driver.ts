/**
 * What a driver has to do: load a graph, run it, give memory. Everything that both drivers share (who owns what, the
 * queue, checks, closing) is written once, in `driver-runtime`, `driver-session` and `driver-tensor`.
 */

import type { ModelSource, TensorData, TensorType, ValueInfo } from "@palaver/core";

/** What a tensor rests on in one driver. */
export interface Backing {
  /**
   * The elements as a view of memory that JavaScript owns. `busy` is true while a run uses the tensor.
   * @throws ERR_INVALID_ARGUMENT if it cannot be had right then
   */
  view(busy: boolean): TensorData;
  /** True once somebody resized or detached the buffer that `view` shows: nothing may run on it any more. */
  isLost(): boolean;
  /** Gives the memory back. Called once, never during a run that uses it. */
  free(): void;
  /**
   * Copies elements from `start` on into the whole of `target`, of the type's own array class, and leaves the others where they are. Absent
   * where `view` costs nothing.
   */
  copyTo?(target: TensorData, start: number): void;
}

/** An output that a run made. */
export interface NewTensor<B extends Backing> {
  readonly backing: B;
  readonly type: TensorType;
  readonly shape: readonly number[];
}

/** A tensor by the name of the input or output that it is for. */
export type Named<T> = readonly [name: string, value: T];

/** A loaded graph. Its runs never overlap: the session queues them. */
export interface Graph<B extends Backing> {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /**
   * Runs once; names, types and owners are checked already. Gives a tensor for each null of `fetches`, in order, the
   * others are written in place. Once `signal` is aborted it ends soon, with whatever it has.
   */
  run(feeds: readonly Named<B>[], fetches: readonly Named<B | null>[], signal?: AbortSignal): Promise<NewTensor<B>[]>;
  /** Prepares runs over always the same backings, which stay until it is freed. */
  bind(feeds: readonly Named<B>[], fetches: readonly Named<B>[]): Binding;
  /** Called once, when nothing runs. */
  free(): void | Promise<void>;
}

/** Prepared runs of a graph. */
export interface Binding {
  /** As `Graph.run`. */
  run(signal?: AbortSignal): Promise<void>;
  /** Called once, when nothing runs, before the graph is freed. */
  free(): void;
}

/** How a driver loads a graph. */
export interface DriverLoadOptions {
  readonly threads: number;
  /** Once it is aborted the load may end early, with the signal's reason, or go on. */
  readonly signal?: AbortSignal | undefined;
}

/** One way to reach ONNX Runtime. */
export interface Driver<B extends Backing> {
  readonly name: string;
  /** ONNX Runtime's version. */
  readonly version: string;
  /** @throws ERR_NOT_FOUND, ERR_FORMAT, ERR_UNSUPPORTED, ERR_LIMIT, ERR_RUNTIME */
  load(source: ModelSource, options: DriverLoadOptions): Promise<Graph<B>>;
  /** Zeroed memory. @throws ERR_INVALID_ARGUMENT, ERR_LIMIT, ERR_UNSUPPORTED for a type that it lacks */
  allocate(type: TensorType, shape: readonly number[]): B;
  /** Memory of the device's own, of undefined content; absent where there is none. @throws ERR_INVALID_ARGUMENT, ERR_LIMIT */
  readonly allocateOnDevice?: (type: TensorType, shape: readonly number[]) => B;
  /** Called once, when every graph and backing is freed. */
  free(): void | Promise<void>;
}
