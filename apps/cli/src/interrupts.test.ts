import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { Interrupted, interruptible, processInterrupts } from "./interrupts.ts";

function pressable() {
  const source = new EventEmitter();
  let time = 0;
  const interrupts = processInterrupts(source, () => time);
  const pressAt = (at: number) => {
    time = at;
    source.emit("SIGINT");
  };
  return { source, interrupts, pressAt };
}

test("a signal that arrives twice, from the terminal and through npm, is one press", () => {
  const { interrupts, pressAt } = pressable();
  const presses: number[] = [];
  interrupts.onInterrupt(() => presses.push(1));

  for (const at of [1000, 1003, 2000, 2050]) pressAt(at);

  expect(presses).toHaveLength(2);
});

test("a press goes to the newest handler, and to the one before once that is taken back", () => {
  const { interrupts, pressAt } = pressable();
  const heard: string[] = [];
  interrupts.onInterrupt(() => heard.push("first"));
  const takeBack = interrupts.onInterrupt(() => heard.push("second"));

  pressAt(1000);
  takeBack();
  pressAt(2000);

  expect(heard).toEqual(["second", "first"]);
});

test("the first press aborts what is interruptible, and the next one is somebody else's", async () => {
  const { interrupts, pressAt } = pressable();
  const heard: string[] = [];
  interrupts.onInterrupt(() => heard.push("outer"));

  const isAborted = await interruptible(interrupts, async (signal) => {
    pressAt(1000);
    pressAt(2000);
    return signal.aborted;
  });

  expect({ isAborted, heard }).toEqual({ isAborted: true, heard: ["outer"] });
});

test.each([
  ["SIGTERM", 143],
  ["SIGHUP", 129],
])(
  "%s aborts what is interruptible, with exit code %d, and is left to the system before and after",
  async (name, exitCode) => {
    const { source, interrupts } = pressable();
    const counts = [source.listenerCount(name)];

    const reason: unknown = await interruptible(interrupts, async (signal) => {
      counts.push(source.listenerCount(name));
      source.emit(name);
      counts.push(source.listenerCount(name));
      return signal.reason;
    });

    expect(reason).toBeInstanceOf(Interrupted);
    expect(reason).toMatchObject({ exitCode });
    expect(counts).toEqual([0, 1, 0]);
  },
);
