import type { Value } from "./value.ts";

/** The variables of a block, and through `parent` those around it. */
export class Scope {
  readonly #variables = new Map<string, Value>();
  readonly #parent: Scope | undefined;

  constructor(parent?: Scope) {
    this.#parent = parent;
  }

  get(name: string): Value | undefined {
    const value = this.#variables.get(name);
    return value !== undefined || this.#parent === undefined ? value : this.#parent.get(name);
  }

  set(name: string, value: Value): void {
    this.#variables.set(name, value);
  }
}
