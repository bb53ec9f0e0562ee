import type { Random } from "./random.ts";
import type { Split } from "./split.ts";

/** A question and its one answer. */
export interface Exchange {
  readonly ask: string;
  readonly answer: string;
  /** The answer in one word, where there is one. */
  readonly brief?: string;
}

/** Makes exchanges of one kind. */
export interface ExchangeTask {
  readonly name: string;
  /** How often it is asked, beside the others. */
  readonly weight: number;
  /** An exchange of a split; undefined where this draw has none: draw again. */
  make(random: Random, split: Split): Exchange | undefined;
}

/** Draws until there is an exchange. */
export function exchangeOf(task: ExchangeTask, random: Random, split: Split): Exchange {
  for (;;) {
    const exchange = task.make(random, split);
    if (exchange !== undefined) return exchange;
  }
}
