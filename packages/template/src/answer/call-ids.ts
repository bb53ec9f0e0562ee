import type { CallFormat } from "./call-format.ts";

// What clients and templates take as an id; anything else that a model calls one is not used.
const idPattern = /^[\w-]{1,64}$/;

/** Gives each call of an answer its id: the model's own where it can be used, else one by the call's index. */
export class CallIds {
  readonly #format: CallFormat;
  readonly #given = new Set<string>();
  #index: number;

  constructor(format: CallFormat, firstIndex: number) {
    this.#format = format;
    this.#index = firstIndex;
  }

  next(own: string | undefined): string {
    let id = own;
    while (id === undefined || !idPattern.test(id) || this.#given.has(id)) id = this.#made();
    this.#given.add(id);
    return id;
  }

  #made(): string {
    const index = this.#index++;
    return this.#format.callId?.(index) ?? `call_${index}`;
  }
}
