/** Runs tasks one after the other. */
export interface RunQueue {
  /**
   * Runs `task` when those before it are done, at once if there are none; gives what it gives. An abort while it waits takes
   * it out of the queue and throws the signal's reason at once; once it runs, stopping is the task's own affair.
   */
  push<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /**
   * What `push` does before a task: waits for the turn, or gives undefined where it has come at once. Whoever got it checks the
   * signal once more and leaves, whatever happens. For the runs of every token, which feel each function that is called between.
   */
  enter(signal?: AbortSignal): Promise<void> | undefined;
  /** Ends a turn. */
  leave(): void;
  /** Resolves when nothing runs or waits any more. */
  idle(): Promise<void>;
}

/** An empty queue. */
export function createRunQueue(): RunQueue {
  const waiting: (() => void)[] = [];
  const onIdle: (() => void)[] = [];
  let isRunning = false;

  const leave = (): void => {
    const begin = waiting.shift();
    isRunning = begin !== undefined;
    if (begin !== undefined) begin();
    else for (const resolve of onIdle.splice(0)) resolve();
  };
  const enter = (signal?: AbortSignal): Promise<void> | undefined => {
    signal?.throwIfAborted();
    if (isRunning) return wait(signal);
    isRunning = true;
    return undefined;
  };
  const wait = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const begin = (): void => {
        signal?.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = (): void => {
        waiting.splice(waiting.indexOf(begin), 1);
        signal?.removeEventListener("abort", giveUp);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", giveUp);
      waiting.push(begin);
    });

  return {
    async push<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
      const turn = enter(signal);
      if (turn !== undefined) await turn;
      try {
        signal?.throwIfAborted(); // its turn came first, its abort before it could begin
        return await task();
      } finally {
        leave();
      }
    },
    enter,
    leave,
    idle: () => (isRunning ? new Promise((resolve) => onIdle.push(resolve)) : Promise.resolve()),
  };
}
