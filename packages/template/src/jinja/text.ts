/**
 * Text that knows, for each character, who wrote it: a string and runs of one origin. Run `i` covers
 * `[ends[i - 1], ends[i])` in UTF-16 units. A run may be empty: text that came from a message stays findable in the
 * output although it has no characters.
 */
import { generatedTwin, leastTrusted, type Origin, templateOrigin } from "./origin.ts";

export class Text {
  readonly kind = "text";
  readonly text: string;
  readonly ends: readonly number[];
  readonly origins: readonly Origin[];
  /** Marked by the `safe` or `escape` filter: what is joined to it by `+` is escaped for HTML, as Jinja's Markup does. */
  readonly markup: boolean;

  constructor(text: string, ends: readonly number[], origins: readonly Origin[], markup = false) {
    this.text = text;
    this.ends = ends;
    this.origins = origins;
    this.markup = markup;
  }

  static of(text: string, origin: Origin = templateOrigin): Text {
    return new Text(text, [text.length], [origin]);
  }

  get length(): number {
    return this.text.length;
  }

  /** Characters `[start, end)` in UTF-16 units, with their origins. */
  slice(start: number, end: number): Text {
    if (start <= 0 && end >= this.text.length) return this;
    const text = this.text.slice(start, end);
    if (this.ends.length === 1) return new Text(text, [text.length], this.origins, this.markup);
    if (text.length === 0) return new Text("", [0], [this.originAt(start)], this.markup);
    const ends: number[] = [];
    const origins: Origin[] = [];
    for (let run = this.#runAt(start); run < this.ends.length; run++) {
      const stop = Math.min(this.ends[run]!, end);
      ends.push(stop - start);
      origins.push(this.origins[run]!);
      if (stop === end) break;
    }
    return new Text(text, ends, origins, this.markup);
  }

  /** All up to the end of this run. */
  upTo(run: number): Text {
    const text = this.text.slice(0, this.ends[run]);
    return new Text(text, this.ends.slice(0, run + 1), this.origins.slice(0, run + 1), this.markup);
  }

  /** The origin of the character at `index`; of the last one for an index at the end. */
  originAt(index: number): Origin {
    return this.origins[Math.min(this.#runAt(index), this.origins.length - 1)] ?? templateOrigin;
  }

  /** One origin for all of it: the first that is not the template's. */
  get leastTrusted(): Origin {
    return this.origins.length === 1 ? this.origins[0]! : leastTrusted(...this.origins);
  }

  /** The text changed by `change`, which works character by character and may change their number (upper case of ß). */
  map(change: (text: string) => string): Text {
    const text = change(this.text);
    if (this.ends.length === 1) return new Text(text, [text.length], this.origins, this.markup);
    if (text.length === this.text.length) return new Text(text, this.ends, this.origins, this.markup);
    let start = 0;
    let length = 0;
    const ends = this.ends.map((end) => {
      length += change(this.text.slice(start, end)).length;
      start = end;
      return length;
    });
    // A change that looks past its run: no part of the result can be told from the others any more.
    if (length !== text.length) return new Text(text, [text.length], [this.leastTrusted], this.markup);
    return new Text(text, ends, this.origins, this.markup);
  }

  /** Other characters over the same runs, which now end at `ends`. */
  withText(text: string, ends: readonly number[]): Text {
    return new Text(text, ends, this.origins, this.markup);
  }

  /** The same text, all of it marked as written between generation markers. */
  asGenerated(): Text {
    return new Text(this.text, this.ends, this.origins.map(generatedTwin), this.markup);
  }

  withMarkup(markup: boolean): Text {
    return markup === this.markup ? this : new Text(this.text, this.ends, this.origins, markup);
  }

  /** The first run that ends after `index`. */
  #runAt(index: number): number {
    let low = 0;
    let high = this.ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ends[middle]! > index) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

export const emptyText = Text.of("");

/** Counts characters before they are made; throws where there are too many. */
export interface CharacterBudget {
  charge(characters: number): void;
}

/** Puts texts together and merges neighbours of one origin. */
export class TextBuilder {
  readonly #budget: CharacterBudget;
  #text = "";
  readonly #ends: number[] = [];
  readonly #origins: Origin[] = [];

  constructor(budget: CharacterBudget) {
    this.#budget = budget;
  }

  get length(): number {
    return this.#text.length;
  }

  add(text: Text): this {
    this.#budget.charge(text.length);
    const offset = this.#text.length;
    this.#text += text.text;
    for (let run = 0; run < text.ends.length; run++) this.#extend(offset + text.ends[run]!, text.origins[run]!);
    return this;
  }

  addString(text: string, origin: Origin = templateOrigin): this {
    this.#budget.charge(text.length);
    this.#text += text;
    this.#extend(this.#text.length, origin);
    return this;
  }

  build(markup = false): Text {
    if (this.#ends.length === 0) return markup ? emptyText.withMarkup(true) : emptyText;
    return new Text(this.#text, this.#ends, this.#origins, markup);
  }

  #extend(end: number, origin: Origin): void {
    const last = this.#ends.length - 1;
    if (last >= 0 && this.#origins[last] === origin) {
      this.#ends[last] = end;
      return;
    }
    const start = last >= 0 ? this.#ends[last]! : 0;
    if (start === end && origin.origin === "template") return;
    this.#ends.push(end);
    this.#origins.push(origin);
  }
}
