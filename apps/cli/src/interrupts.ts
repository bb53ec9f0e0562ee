import type { Interrupts } from "./io.ts";

/**
 * One key press can arrive twice: the terminal signals every process of the group, and npm passes its own copy on to
 * its child. Signals this close together are one press; a person does not press twice that fast.
 */
const samePressMs = 100;

/** Where the signals come from: the process, in a program. */
interface SignalSource {
  on(signal: Signal, listener: () => void): unknown;
  off(signal: Signal, listener: () => void): unknown;
}

/** A shell's exit codes of programs that a signal ended: 128 and its number. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type Signal = keyof typeof exitCodes;

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
    if (handler === undefined) process.exit(exitCodes.SIGINT);
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
    onTermination(handler) {
      // Heard only as long as somebody cares: a signal without a listener ends the process.
      const listeners = (["SIGHUP", "SIGTERM"] as const).map((signal) => {
        const listener = () => handler(exitCodes[signal]);
        source.on(signal, listener);
        return () => source.off(signal, listener);
      });
      return () => {
        for (const takeBack of listeners) takeBack();
      };
    },
  };
}

/** Runs `action` with a signal that the first Ctrl-C, SIGTERM or SIGHUP aborts; a second one ends the program. */
export async function interruptible<T>(
  interrupts: Interrupts,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = (exitCode: number) => {
    takeBack();
    controller.abort(new Interrupted(exitCode));
  };
  const ways = [interrupts.onInterrupt(() => stop(exitCodes.SIGINT)), interrupts.onTermination(stop)];
  const takeBack = () => {
    for (const takeBackOne of ways) takeBackOne();
  };
  try {
    return await action(controller.signal);
  } finally {
    takeBack();
  }
}

/** The reason of an abort by Ctrl-C, SIGTERM or SIGHUP. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  /** With which the program ends. */
  readonly exitCode: number;

  constructor(exitCode: number) {
    super("stopped by a signal");
    this.exitCode = exitCode;
  }
}
