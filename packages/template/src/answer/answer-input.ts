/**
 * One unit of an answer: one UTF-16 unit of text, or NUL and the spelling of a control token, or "" for the end.
 * Text has length 1 and a control token at least 2, so neither passes for the other, whatever it spells.
 */
export type Sign = string;

/** The sign after the last one. */
export const END: Sign = "";

/** The sign of a control token. */
export function controlSign(spelling: string): Sign {
  return `\0${spelling}`;
}

/** True for the sign of a control token. */
export function isControlSign(sign: Sign): boolean {
  return sign.length > 1;
}

/** True for the blanks that JSON, Python and every chat format allow around their parts. */
export function isSpace(sign: Sign): boolean {
  return sign === " " || sign === "\n" || sign === "\t" || sign === "\r";
}

// Below this, moving the signs that are left costs more than the memory it frees.
const COMPACT_FROM = 4096;

/** The part of an answer that has arrived and is not settled yet. Signs are counted from the first unsettled one. */
export class AnswerInput {
  #signs: Sign[] = [];
  #first = 0;
  #ended = false;

  pushText(text: string): void {
    this.#compact();
    for (let i = 0; i < text.length; i++) this.#signs.push(text.charAt(i));
  }

  pushControl(spelling: string): void {
    this.#compact();
    this.#signs.push(controlSign(spelling));
  }

  end(): void {
    this.#ended = true;
  }

  /** The sign at a distance; undefined while it has not arrived. */
  at(ahead: number): Sign | undefined {
    return this.#signs[this.#first + ahead] ?? (this.#ended ? END : undefined);
  }

  /** The signs in a range as the model spelled them. */
  text(from: number, to: number): string {
    let text = "";
    for (let i = this.#first + from; i < this.#first + to; i++) {
      const sign = this.#signs[i] ?? END;
      text += isControlSign(sign) ? sign.slice(1) : sign;
    }
    return text;
  }

  /** Settles the next `count` signs and gives their text. */
  take(count: number): string {
    const text = this.text(0, count);
    this.#first += count;
    return text;
  }

  // Settled signs are let go in blocks at least as large as what stays, so each sign moves a bounded number of times.
  #compact(): void {
    if (this.#first === this.#signs.length) this.#signs.length = 0;
    else if (this.#first >= COMPACT_FROM && this.#first * 2 >= this.#signs.length) this.#signs.splice(0, this.#first);
    else return;
    this.#first = 0;
  }
}
