import { type BoundRun, PalaverError, type RuntimeSession, type RuntimeTensor, type ValueInfo } from "@palaver/core";
import { checkRun } from "./check-run.ts";
import type { Backing, Graph, NewTensor } from "./driver.ts";
import { DriverBoundRun } from "./driver-bound-run.ts";
import { DriverTensor } from "./driver-tensor.ts";
import { createRunQueue } from "./run-queue.ts";

/** A graph with a lifetime and a queue, for tensors of one runtime. */
export class DriverSession<B extends Backing> implements RuntimeSession {
  readonly #graph: Graph<B>;
  readonly #tensors: Set<DriverTensor<B>>;
  readonly #onClosed: () => void;
  readonly #queue = createRunQueue();
  readonly #bound = new Set<BoundRun>();
  #closing: Promise<void> | undefined;

  /** `tensors` holds the runtime's open tensors; new outputs join it. `onClosed` is called when the graph is freed. */
  constructor(graph: Graph<B>, tensors: Set<DriverTensor<B>>, onClosed: () => void) {
    this.#graph = graph;
    this.#tensors = tensors;
    this.#onClosed = onClosed;
  }

  get inputs(): readonly ValueInfo[] {
    return this.#graph.inputs;
  }

  get outputs(): readonly ValueInfo[] {
    return this.#graph.outputs;
  }

  async run(
    feeds: Readonly<Record<string, RuntimeTensor>>,
    fetches: Readonly<Record<string, RuntimeTensor | null>>,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<Record<string, RuntimeTensor>> {
    this.#requireOpen();
    const rules = { inputs: this.inputs, outputs: this.outputs, family: this.#tensors };
    const checked = checkRun(rules, feeds, fetches);
    const held: DriverTensor<B>[] = [];
    const hold = (tensor: DriverTensor<B>): B => {
      const backing = tensor.hold();
      held.push(tensor);
      return backing;
    };
    const letGo = (): void => {
      for (const tensor of held.splice(0)) tensor.release();
    };
    try {
      const inputs = checked.feeds.map(([name, tensor]) => [name, hold(tensor)] as const);
      const outputs = checked.fetches.map(([name, tensor]) => [name, tensor === null ? null : hold(tensor)] as const);
      // Everything that owns memory is settled inside the task, so that an idle queue means a tidy session.
      const created = await this.#queue.push(async () => {
        try {
          this.#requireOpen();
          for (const tensor of held) tensor.requireMemory();
          return this.#adopt(await this.#graph.run(inputs, outputs, signal), signal);
        } finally {
          letGo();
        }
      }, signal);
      return Object.fromEntries(checked.fetches.map(([name, tensor]) => [name, tensor ?? created.shift()!]));
    } finally {
      letGo();
    }
  }

  bind(
    feeds: Readonly<Record<string, RuntimeTensor>>,
    fetches: Readonly<Record<string, RuntimeTensor>>,
  ): DriverBoundRun<B> {
    this.#requireOpen();
    const checked = checkRun({ inputs: this.inputs, outputs: this.outputs, family: this.#tensors }, feeds, fetches);
    const targets = checked.fetches.map(([name, tensor]) => {
      if (tensor !== null) return [name, tensor] as const;
      throw new PalaverError("ERR_INVALID_ARGUMENT", `bound runs write output ${name} into a tensor: give one`);
    });
    const home = {
      queue: this.#queue,
      requireOpen: () => this.#requireOpen(),
      onFreed: () => this.#bound.delete(bound),
    };
    const bound: DriverBoundRun<B> = new DriverBoundRun(home, { feeds: checked.feeds, fetches: targets }, (backings) =>
      this.#graph.bind(backings.feeds, backings.fetches),
    );
    this.#bound.add(bound);
    return bound;
  }

  close(): Promise<void> {
    this.#closing ??= this.#free();
    return this.#closing;
  }

  #adopt(made: readonly NewTensor<B>[], signal: AbortSignal | undefined): DriverTensor<B>[] {
    if (!signal?.aborted) return made.map((output) => new DriverTensor(output, this.#tensors));
    for (const { backing } of made) backing.free();
    throw signal.reason;
  }

  async #free(): Promise<void> {
    await this.#queue.idle();
    for (const bound of this.#bound) bound.close();
    await this.#graph.free();
    this.#onClosed();
  }

  #requireOpen(): void {
    if (this.#closing !== undefined) throw new PalaverError("ERR_CLOSED", "the session is closed");
  }
}
