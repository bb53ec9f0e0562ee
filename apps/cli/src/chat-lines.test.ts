import { PassThrough, Writable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { chatLines } from "./chat-lines.ts";

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

/** A terminal that somebody types at, and the messages that come of it. */
function terminal() {
  const ignore = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  let interrupted = 0;
  const interrupts = { onInterrupt: () => () => {}, onTermination: () => () => {} };
  const io = { stdin, stdout: ignore(), stderr: ignore(), interrupts };
  const lines = chatLines(io, () => interrupted++);
  const messages = lines[Symbol.asyncIterator]();
  return {
    /** Presses keys, and lets them arrive. */
    type: async (keys: string) => {
      stdin.write(keys);
      await turn();
    },
    next: async () => (await messages.next()).value as string | undefined,
    rest: async () => {
      const rest: string[] = [];
      for await (const message of { [Symbol.asyncIterator]: () => messages }) rest.push(message);
      return rest;
    },
    interrupted: () => interrupted,
  };
}

test("every line of a paste is a message", async () => {
  const { type, rest } = terminal();

  await type(`one\rtwo\rthree\r${CTRL_D}`);

  expect(await rest()).toEqual(["one", "two", "three"]);
});

test("lines of a paste into a waiting prompt are messages too", async () => {
  const { type, next } = terminal();

  const first = next();
  await type("one\rtwo\rthree\r");

  expect([await first, await next(), await next()]).toEqual(["one", "two", "three"]);
});

test("a pasted block between fences is one message, whenever it is asked for", async () => {
  const { type, rest } = terminal();

  await type(`"""\rfirst\r\r  third\r"""\rafter\r${CTRL_D}`);

  expect(await rest()).toEqual(["first\n\n  third", "after"]);
});

test("what is typed during an answer comes next, and half a line can be ended behind it", async () => {
  const { type, next } = terminal();
  await type("one\r");
  expect(await next()).toBe("one");

  await type("two\rhal");
  expect(await next()).toBe("two");
  const third = next();
  await type("f\r");

  expect(await third).toBe("half");
});

test("Ctrl-D during an answer ends the messages behind those that were typed before it", async () => {
  const { type, next, rest } = terminal();
  await type("one\r");
  await next();

  await type("two\r");
  await type(CTRL_D);

  expect(await rest()).toEqual(["two"]);
});

test("Ctrl-C takes back what was typed ahead", async () => {
  const { type, next, interrupted } = terminal();
  await type("one\rtwo\rthree\r");
  expect(await next()).toBe("one");

  await type(CTRL_C);
  await type("four\r");

  expect(await next()).toBe("four");
  expect(interrupted()).toBe(1);
});
