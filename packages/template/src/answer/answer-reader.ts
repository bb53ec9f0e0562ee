import { type AnswerInput, controlSign, END, isSpace, type Sign } from "./answer-input.ts";
import type { PrefixTree } from "./prefix-tree.ts";

/**
 * A computation over an answer that is still arriving: it yields wherever it needs a sign that is not there yet.
 * It never sees where one piece ends and the next begins, so no result can depend on that.
 */
export type Streaming<T> = Generator<void, T, void>;

/** The longest call that is read: a whole file as one argument (about 64k tokens), not an endless answer. In UTF-16 units. */
export const MAX_CALL_LENGTH = 262_144;

/** The blanks that are held back because a marker may follow them: more than any template sets in front of one. */
export const MAX_GAP = 256;

export interface AnswerReaderOptions {
  /** The number of signs after which the reader sees the end. Default: none. */
  readonly limit?: number;
  /** True for markers that count only as control tokens. */
  readonly isControl: (spelling: string) => boolean;
}

/** Looks ahead in an answer without settling anything. Whoever created it settles what it passed. */
export class AnswerReader {
  /** The number of signs passed. May be set back. */
  position = 0;
  readonly #input: AnswerInput;
  readonly #isControl: (spelling: string) => boolean;
  #limit: number;
  #reachedLimit = false;

  constructor(input: AnswerInput, { limit = Number.POSITIVE_INFINITY, isControl }: AnswerReaderOptions) {
    this.#input = input;
    this.#limit = limit;
    this.#isControl = isControl;
  }

  /** True once the limit has been seen as the end. */
  get reachedLimit(): boolean {
    return this.#reachedLimit;
  }

  /** From here on there is no limit. */
  liftLimit(): void {
    this.#limit = Number.POSITIVE_INFINITY;
  }

  /** The sign here if it has arrived. The quick way for loops: `reader.here ?? (yield* reader.peek())`. */
  get here(): Sign | undefined {
    if (this.position < this.#limit) return this.#input.at(this.position);
    this.#reachedLimit = true;
    return END;
  }

  /** The sign here. */
  *peek(): Streaming<Sign> {
    for (;;) {
      const sign = this.here;
      if (sign !== undefined) return sign;
      yield;
    }
  }

  /** What was passed since `from`, as the model spelled it. */
  textFrom(from: number, to: number = this.position): string {
    return this.#input.text(from, to);
  }

  /** Passes blanks, at most `limit` of them. */
  *spaces(limit: number = Number.POSITIVE_INFINITY): Streaming<void> {
    const stop = this.position + limit;
    while (this.position < stop && isSpace(this.here ?? (yield* this.peek()))) this.position++;
  }

  /** Passes exactly this text, or nothing. */
  *literal(text: string): Streaming<boolean> {
    const start = this.position;
    for (let i = 0; i < text.length; i++) {
      if ((this.here ?? (yield* this.peek())) !== text.charAt(i)) {
        this.position = start;
        return false;
      }
      this.position++;
    }
    return true;
  }

  /** Passes this control token, or nothing. */
  *controlToken(spelling: string): Streaming<boolean> {
    if ((this.here ?? (yield* this.peek())) !== controlSign(spelling)) return false;
    this.position++;
    return true;
  }

  /** Passes a marker of the format, or nothing: its control token, or its spelling where text may spell it. */
  *marker(spelling: string): Streaming<boolean> {
    if (yield* this.controlToken(spelling)) return true;
    return this.#isControl(spelling) ? false : yield* this.literal(spelling);
  }

  /** Passes the shortest word of the tree that stands here, or nothing. */
  *match<T>(tree: PrefixTree<T>): Streaming<T | undefined> {
    const start = this.position;
    let node = tree;
    for (;;) {
      const next = node.branches.get(this.here ?? (yield* this.peek()));
      if (next === undefined) {
        this.position = start;
        return undefined;
      }
      this.position++;
      if (next.value !== undefined) return next.value;
      node = next;
    }
  }

  /** Passes everything up to a marker and the marker; false at the end of the answer. */
  *past(marker: string): Streaming<boolean> {
    while (!(yield* this.marker(marker))) {
      if (this.here === END) return false;
      this.position++;
    }
    return true;
  }

  /** Passes the rest of the answer. */
  *rest(): Streaming<void> {
    while ((this.here ?? (yield* this.peek())) !== END) this.position++;
  }
}
