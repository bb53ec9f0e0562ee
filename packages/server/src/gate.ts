/**
 * The one place where requests are admitted to the models. A fixed number is inside at once, a fixed number waits in
 * the order of arrival, the next one is refused at once: an overloaded server says so instead of growing.
 */

/** A place inside; `release` gives it to the next in the queue and may be called twice. */
export interface Lease {
  release(): void;
}

export interface Gate {
  /** Requests that are inside. */
  readonly active: number;
  /** Requests that wait. */
  readonly queued: number;
  /**
   * Waits for a place; undefined at once where the queue is full.
   * @throws `signal.reason` when aborted while waiting
   */
  enter(signal: AbortSignal): Promise<Lease | undefined>;
}

export interface GateOptions {
  /** Places inside, at least 1. */
  readonly maxConcurrent: number;
  /** Places in the queue, at least 0. */
  readonly maxQueued: number;
}

/** A gate with nobody inside. */
export function createGate({ maxConcurrent, maxQueued }: GateOptions): Gate {
  const waiting: (() => void)[] = [];
  let active = 0;

  const lease = (): Lease => {
    active++;
    let released = false;
    return {
      release: () => {
        if (released) return;
        released = true;
        active--;
        waiting.shift()?.();
      },
    };
  };

  return {
    get active() {
      return active;
    },
    get queued() {
      return waiting.length;
    },
    enter: async (signal) => {
      signal.throwIfAborted();
      if (active < maxConcurrent) return lease();
      if (waiting.length >= maxQueued) return undefined;
      return new Promise((resolve, reject) => {
        const admit = () => {
          signal.removeEventListener("abort", leave);
          resolve(lease());
        };
        const leave = () => {
          waiting.splice(waiting.indexOf(admit), 1);
          reject(signal.reason);
        };
        waiting.push(admit);
        signal.addEventListener("abort", leave, { once: true });
      });
    },
  };
}
