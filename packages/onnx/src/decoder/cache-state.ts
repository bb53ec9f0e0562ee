import type { BoundRun, RuntimeSession, RuntimeTensor } from "@palaver/core";

/** Does `work` while the states stay, whoever else lets them go. */
export async function during(states: readonly CacheState[], work: () => Promise<unknown>): Promise<void> {
  for (const state of states) state.retain();
  try {
    await work();
  } finally {
    for (const state of states) state.release();
  }
}

/** Keys and values of one sequence as tensors, shared by whoever holds it: freed when the last one lets go. */
export class CacheState {
  /** Positions that the tensors have room for. */
  readonly positions: number;
  #tensors: readonly RuntimeTensor[];
  readonly #bound = new Map<RuntimeSession, BoundRun>();
  #holders = 1;
  #work: Promise<unknown> | undefined;

  constructor(tensors: readonly RuntimeTensor[], positions: number) {
    this.#tensors = tensors;
    this.positions = positions;
  }

  /** One tensor for each cache input of the graph, in the form's order. */
  get tensors(): readonly RuntimeTensor[] {
    return this.#tensors;
  }

  /** Takes over tensors of the same shapes in place of its own. */
  replaceTensors(tensors: readonly RuntimeTensor[]): void {
    this.#close();
    this.#tensors = tensors;
  }

  /** Notes work on the tensors that is under way. */
  after(work: Promise<unknown>): void {
    const all = Promise.all([this.#work, work]);
    this.#work = all;
    const done = (): void => {
      if (this.#work === all) this.#work = undefined;
    };
    all.then(done, () => undefined); // a failure is told by `ready`, to whoever uses the state; nobody may
  }

  /** Resolves when the tensors hold what they are to hold; undefined where they do. @throws what kept them from it */
  ready(): Promise<unknown> | undefined {
    return this.#work;
  }

  /** The session's runs over these tensors, bound by `bind` when first asked for. */
  boundTo(session: RuntimeSession, bind: () => BoundRun): BoundRun {
    const known = this.#bound.get(session);
    if (known !== undefined) return known;
    const bound = bind();
    this.#bound.set(session, bound);
    return bound;
  }

  retain(): this {
    this.#holders += 1;
    return this;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#close();
  }

  #close(): void {
    for (const bound of this.#bound.values()) bound.close();
    this.#bound.clear();
    for (const tensor of this.#tensors) tensor.close();
  }
}
