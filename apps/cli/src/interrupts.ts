import type { Interrupts } from "./io.ts";

/**
 * One key press can arrive twice: the terminal signals every process of the group, and npm passes its own copy on to
 * its child. Signals this close together are one press; a person does not press twice that fast.
 */
const samePressMs = 100;

/** Where the signals come from: the process, in a program. */
interface SignalSource {
  on(signal: "SIGINT", listener: () => void): unknown;
}

/** Ctrl-C of a process: goes to the newest handler; without one it ends the program with exit code 130. */
export function processInterrupts(
  source: SignalSource = process,
  now: () => number = () => performance.now(),
): Interrupts {
  const handlers: (() => void)[] = [];
  let last = Number.NEGATIVE_INFINITY;
  source.on("SIGINT", () => {
    const at = now();
    if (at - last < samePressMs) return;
    last = at;
    const handler = handlers.at(-1);
    if (handler === undefined) process.exit(130);
    handler();
  });
  return {
    onInterrupt(handler) {
      handlers.push(handler);
      return () => {
        const index = handlers.lastIndexOf(handler);
        if (index >= 0) handlers.splice(index, 1);
      };
    },
  };
}

/** Runs `action` with a signal that the first Ctrl-C aborts; a second one ends the program. */
export async function interruptible<T>(
  interrupts: Interrupts,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const takeBack = interrupts.onInterrupt(() => {
    takeBack();
    controller.abort(new Interrupted());
  });
  try {
    return await action(controller.signal);
  } finally {
    takeBack();
  }
}

/** The reason of an abort by Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}
