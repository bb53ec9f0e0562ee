/** How often something was so. */
export interface Share {
  readonly count: number;
  readonly of: number;
}

/** What one model made of one task of the exam. */
interface TaskResult {
  readonly task: string;
  readonly group: string;
  /** Items that the exam's own grading takes as right. */
  readonly right: Share;
}

/** An item that went wrong, for people to read. */
interface Failure {
  readonly id: string;
  readonly task: string;
  readonly asked: string;
  readonly expected: string;
  readonly given: string;
}

/** What one model made of the exam. */
export interface ModelResult {
  readonly tasks: readonly TaskResult[];
  /** Answers that the model itself ended. */
  readonly ended: Share;
  /** Of questions with tools: the right tool, with the right arguments, and the right answer from what it gave. */
  readonly calls: { readonly name: Share; readonly arguments: Share; readonly answer: Share };
  /** Questions beyond the world that were declined, and questions of the world that were declined as well. */
  readonly declined: { readonly outside: Share; readonly inside: Share };
  /** Holes whose code compiles. */
  readonly compiles: Share;
  readonly failures: readonly Failure[];
}

/** Speed on the machine of the evaluation. */
export interface Speed {
  readonly machine: string;
  readonly threads: number;
  readonly loadMs: number;
  readonly promptTokensPerSecond: number;
  readonly tokensPerSecond: number;
}

/** An evaluation, as `evaluation.json` holds it. */
export interface Evaluation {
  readonly part: "development" | "test";
  readonly models: Readonly<Record<string, ModelResult & { readonly bytes: number; readonly speed: Speed }>>;
}

/** Counts how often something is so. */
export function shareOf<T>(items: readonly T[], holds: (item: T) => boolean): Share {
  return { count: items.filter(holds).length, of: items.length };
}

/** A share as people read it: `93.1 %`, and `-` of nothing. */
export function percent({ count, of }: Share): string {
  return of === 0 ? "-" : `${((100 * count) / of).toFixed(1)} %`;
}
