/** Runs tasks one after the other. */
export interface RunQueue {
  /**
   * Runs `task` when those before it are done, at once if there are none; gives what it gives. An abort while it waits takes
   * it out of the queue and throws the signal's reason at once; once it runs, stopping is the task's own affair.
   */
  push<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Resolves when nothing runs or waits any more. */
  idle(): Promise<void>;
}

/** An empty queue. */
export function createRunQueue(): RunQueue {
  const waiting: (() => void)[] = [];
  const onIdle: (() => void)[] = [];
  let isRunning = false;

  const next = (): void => {
    const begin = waiting.shift();
    isRunning = begin !== undefined;
    if (begin !== undefined) begin();
    else for (const resolve of onIdle.splice(0)) resolve();
  };
  const wait = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const begin = (): void => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(begin), 1);
        signal?.removeEventListener("abort", leave);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", leave);
      waiting.push(begin);
    });

  return {
    async push<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
      signal?.throwIfAborted();
      if (isRunning) await wait(signal);
      isRunning = true;
      try {
        signal?.throwIfAborted(); // its turn came first, its abort before it could begin
        return await task();
      } finally {
        next();
      }
    },
    idle: () => (isRunning ? new Promise((resolve) => onIdle.push(resolve)) : Promise.resolve()),
  };
}
