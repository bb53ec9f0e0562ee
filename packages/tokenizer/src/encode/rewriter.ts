/** A text made from another one, with where each of its units came from. */
export interface Derived {
  readonly text: string;
  /**
   * `from[k]` is the unit of the source at which unit k began, and one more element is the end, `(text.length + 1,)`.
   * Undefined where every unit is where it was.
   */
  readonly from: Uint32Array | undefined;
}

/** Builds a derived text from left to right; every call goes on where the one before it ended. */
export class Rewriter {
  readonly source: string;
  #text = "";
  #from: number[] = [];
  #read = 0;

  constructor(source: string) {
    this.source = source;
  }

  /** Units of the derived text so far. */
  get length(): number {
    return this.#text.length;
  }

  /** Copies the source up to `end`. */
  keep(end: number): void {
    for (let i = this.#read; i < end; i++) this.#from.push(i);
    this.#text += this.source.slice(this.#read, end);
    this.#read = end;
  }

  /** Puts `text` in the place of the source up to `end`. The replaced part belongs to the last unit of `text`. */
  replace(end: number, text: string): void {
    for (let i = 0; i < text.length; i++) this.#from.push(this.#read);
    this.#text += text;
    this.#read = end;
  }

  /** Copies what is left and gives the result. */
  finish(): Derived {
    this.keep(this.source.length);
    this.#from.push(this.#read);
    return { text: this.#text, from: Uint32Array.from(this.#from) };
  }
}

/** The derivation of `second` seen from the source of `first`. */
export function composed(first: Derived, second: Derived): Derived {
  const { from } = first;
  if (from === undefined) return second;
  if (second.from === undefined) return { text: second.text, from };
  return { text: second.text, from: second.from.map((unit) => from[unit]!) };
}
