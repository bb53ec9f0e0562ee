/** What is to be told while something else is awaited. */
export class Notices<T> {
  #waiting: T[] = [];
  #wake: () => void = () => {};

  add(notice: T): void {
    this.#waiting.push(notice);
    this.#wake();
  }

  /** Gives what is added, at once, until `end` is settled; what was added before that comes too. */
  async *until(end: Promise<unknown>): AsyncGenerator<T, void, undefined> {
    let isOver = false;
    const ended = end.finally(() => {
      isOver = true;
    });
    for (;;) {
      const waiting = this.#waiting;
      this.#waiting = [];
      yield* waiting;
      if (this.#waiting.length > 0) continue;
      if (isOver) return;
      const added = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([ended, added]);
    }
  }
}
