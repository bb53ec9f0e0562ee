import fc from "fast-check";
import { expect, test } from "vitest";
import { createGate } from "./gate.ts";

const never = new AbortController().signal;

test("as many as may be inside enter at once, the next ones wait in order", async () => {
  const gate = createGate({ maxConcurrent: 1, maxQueued: 2 });
  const order: string[] = [];
  const first = await gate.enter(never);
  const enter = async (name: string) => {
    const lease = await gate.enter(never);
    order.push(name);
    return lease;
  };
  const second = enter("second");
  const third = enter("third");

  first?.release();
  (await second)?.release();
  (await third)?.release();

  expect(order).toEqual(["second", "third"]);
  expect(gate.active).toBe(0);
});

test("where the queue is full there is no place", async () => {
  const gate = createGate({ maxConcurrent: 1, maxQueued: 0 });
  await gate.enter(never);

  expect(await gate.enter(never)).toBeUndefined();
});

test("a place released twice is one place", async () => {
  const gate = createGate({ maxConcurrent: 1, maxQueued: 0 });
  const lease = await gate.enter(never);

  lease?.release();
  lease?.release();

  expect(gate.active).toBe(0);
  expect(await gate.enter(never)).toBeDefined();
  expect(await gate.enter(never)).toBeUndefined();
});

test("who leaves the queue frees its place there and keeps nobody waiting", async () => {
  const gate = createGate({ maxConcurrent: 1, maxQueued: 1 });
  const lease = await gate.enter(never);
  const leaver = new AbortController();
  const left = gate.enter(leaver.signal);

  leaver.abort("gone");

  await expect(left).rejects.toBe("gone");
  expect(gate.queued).toBe(0);
  const next = gate.enter(never);
  lease?.release();
  expect(await next).toBeDefined();
});

test("whatever comes and goes, the bounds hold and nobody is forgotten", async () => {
  const command = fc.constantFrom("enter", "release", "leave");
  const property = fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (commands) => {
    const gate = createGate({ maxConcurrent: 2, maxQueued: 3 });
    const inside: { release(): void }[] = [];
    const waiting = new Set<AbortController>();
    for (const name of commands) {
      if (name === "release") inside.shift()?.release();
      else if (name === "leave") [...waiting].at(-1)?.abort("gone");
      else {
        const controller = new AbortController();
        waiting.add(controller);
        const entered = gate.enter(controller.signal);
        entered
          .then((lease) => lease !== undefined && inside.push(lease))
          .catch(() => undefined)
          .finally(() => waiting.delete(controller));
      }
      await new Promise(setImmediate);
      expect(gate.active).toBe(inside.length);
      expect(gate.active).toBeLessThanOrEqual(2);
      expect(gate.queued).toBe(waiting.size);
      expect(gate.queued === 0 || gate.active === 2).toBe(true);
    }
  });
  await fc.assert(property, { numRuns: 50 });
});
