import { type BoundRun, PalaverError } from "@palaver/core";
import type { Backing, Binding, Named } from "./driver.ts";
import type { DriverTensor } from "./driver-tensor.ts";
import type { RunQueue } from "./run-queue.ts";

/** What a bound run needs of its session. */
export interface BoundRunHome {
  readonly queue: RunQueue;
  /** @throws ERR_CLOSED */
  readonly requireOpen: () => void;
  /** Called when the binding is freed. */
  readonly onFreed: () => void;
}

/** Tensors that are checked already. */
export interface BoundTensors<B extends Backing> {
  readonly feeds: readonly Named<DriverTensor<B>>[];
  readonly fetches: readonly Named<DriverTensor<B>>[];
}

/** What the tensors rest on. */
export interface BoundBackings<B extends Backing> {
  readonly feeds: readonly Named<B>[];
  readonly fetches: readonly Named<B>[];
}

/** Runs over tensors that it holds. Closing it during a run is allowed: it lets them go when the run ends. */
export class DriverBoundRun<B extends Backing> implements BoundRun {
  readonly #home: BoundRunHome;
  readonly #tensors: readonly DriverTensor<B>[];
  readonly #binding: Binding;
  #runs = 0;
  #closed = false;

  constructor(home: BoundRunHome, { feeds, fetches }: BoundTensors<B>, bind: (backings: BoundBackings<B>) => Binding) {
    this.#home = home;
    const held: DriverTensor<B>[] = [];
    const hold = ([name, tensor]: Named<DriverTensor<B>>): Named<B> => {
      const backing = tensor.hold();
      held.push(tensor);
      return [name, backing];
    };
    try {
      this.#binding = bind({ feeds: feeds.map(hold), fetches: fetches.map(hold) });
    } catch (error) {
      for (const tensor of held) tensor.release();
      throw error;
    }
    this.#tensors = held;
  }

  async run({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    this.#requireOpen();
    const { queue } = this.#home;
    this.#runs += 1;
    try {
      const turn = queue.enter(signal);
      if (turn !== undefined) await turn;
    } catch (error) {
      this.#end(); // it left the queue
      throw error;
    }
    try {
      signal?.throwIfAborted();
      this.#home.requireOpen();
      for (const tensor of this.#tensors) tensor.requireMemory();
      await this.#binding.run(signal);
      signal?.throwIfAborted();
    } finally {
      this.#end(); // first: an idle queue means a tidy session
      queue.leave();
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#freeIfDone();
  }

  #requireOpen(): void {
    if (this.#closed) throw new PalaverError("ERR_CLOSED", "the bound run is closed");
    this.#home.requireOpen();
  }

  #end(): void {
    this.#runs -= 1;
    this.#freeIfDone();
  }

  #freeIfDone(): void {
    if (!this.#closed || this.#runs > 0) return;
    this.#binding.free();
    for (const tensor of this.#tensors) tensor.release();
    this.#home.onFreed();
  }
}
