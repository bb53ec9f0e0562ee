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
  /** One tensor for each cache input of the graph, in the form's order. */
  readonly tensors: readonly RuntimeTensor[];
  /** Positions that the tensors have room for. */
  readonly positions: number;
  readonly #bound = new Map<RuntimeSession, BoundRun>();
  #holders = 1;
  #work: Promise<unknown> | undefined;

  constructor(tensors: readonly RuntimeTensor[], positions: number) {
    this.tensors = tensors;
    this.positions = positions;
  }

  /** Notes work on the tensors that is under way. */
  after(work: Promise<unknown>): void {
    const all = Promise.all([this.#work, work]);
    this.#work = all;
    all.catch(() => undefined); // told by `ready`, to whoever uses the state; nobody may
  }

  /** Resolves when the tensors hold what they are to hold; undefined where they always did. @throws what kept them from it */
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
    if (this.#holders > 0) return;
    for (const bound of this.#bound.values()) bound.close();
    for (const tensor of this.tensors) tensor.close();
  }
}
