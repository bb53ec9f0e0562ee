import type { Sign } from "./answer-input.ts";

/** Words by their signs, so that many are compared at once while a text arrives. */
export class PrefixTree<T> {
  readonly branches = new Map<Sign, PrefixTree<T>>();
  value: T | undefined;

  /** Adds a word, one sign for each UTF-16 unit. */
  addText(text: string, value: T): this {
    return this.#add(text.split(""), value);
  }

  /** Adds a word of one sign. */
  addSign(sign: Sign, value: T): this {
    return this.#add([sign], value);
  }

  #add(signs: readonly Sign[], value: T): this {
    let node: PrefixTree<T> = this;
    for (const sign of signs) {
      const next = node.branches.get(sign) ?? new PrefixTree<T>();
      node.branches.set(sign, next);
      node = next;
    }
    node.value ??= value;
    return this;
  }
}
