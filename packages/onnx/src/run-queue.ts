/** Runs tasks one after the other. */
export interface RunQueue {
  /**
   * Runs `task` when those before it are done; gives what it gives. An abort while it waits takes it out of the queue
   * and throws the signal's reason at once; once it runs, stopping is the task's own affair.
   */
  push<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Resolves when nothing runs or waits any more. */
  idle(): Promise<void>;
}

/** An empty queue. */
export function createRunQueue(): RunQueue {
  let tail: Promise<unknown> = Promise.resolve();
  return {
    push<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
      const before = tail;
      const result = new Promise<T>((resolve, reject) => {
        const leave = (): void => reject(signal?.reason);
        if (signal?.aborted) return leave();
        signal?.addEventListener("abort", leave);
        const begin = async (): Promise<void> => {
          await before;
          signal?.removeEventListener("abort", leave);
          if (!signal?.aborted) resolve(task());
        };
        begin().catch(reject);
      });
      // The caller has the error; whoever comes next only waits, also for those before a task that left. The values are
      // dropped: kept, each tail would hold the one before it, back to the first.
      tail = Promise.allSettled([before, result]).then(() => undefined);
      return result;
    },
    async idle(): Promise<void> {
      await tail;
    },
  };
}
