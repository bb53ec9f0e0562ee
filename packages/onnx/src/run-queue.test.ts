import { expect, test } from "vitest";
import { createRunQueue } from "./run-queue.ts";

test("tasks run one at a time, in order, whatever became of those before", async () => {
  const queue = createRunQueue();
  const log: string[] = [];
  const task = (name: string, fails: boolean) => async () => {
    log.push(`${name} begins`);
    await Promise.resolve();
    log.push(`${name} ends`);
    if (fails) throw name;
  };

  const outcomes = await Promise.allSettled([queue.push(task("a", true)), queue.push(task("b", false))]);

  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  expect(log).toEqual(["a begins", "a ends", "b begins", "b ends"]);
});

test("an abort takes a waiting task out at once, and idle still waits for the one that runs", async () => {
  const queue = createRunQueue();
  const controller = new AbortController();
  let finish = () => {};
  let ran = false;
  let idle = false;
  const running = queue.push(() => new Promise<void>((resolve) => (finish = resolve)));

  const waiting = queue.push(async () => {
    ran = true;
  }, controller.signal);
  controller.abort("left");
  await expect(waiting).rejects.toBe("left");
  const settled = queue.idle().then(() => {
    idle = true;
  });
  await new Promise(setImmediate);

  expect(idle).toBe(false);
  finish();
  await Promise.all([running, settled]);
  expect(ran).toBe(false);
});

test("a task with an aborted signal never runs", async () => {
  const queue = createRunQueue();
  let ran = false;

  const task = queue.push(async () => {
    ran = true;
  }, AbortSignal.abort("no"));

  await expect(task).rejects.toBe("no");
  await queue.idle();
  expect(ran).toBe(false);
});

test("an abort around the moment of a task's turn ends it or comes too late, and the queue goes on", async () => {
  for (let microtasks = 0; microtasks < 8; microtasks++) {
    const queue = createRunQueue();
    const controller = new AbortController();
    let finish = () => {};
    let ran = false;
    const running = queue.push(() => new Promise<void>((resolve) => (finish = resolve)));
    const waiting = queue.push(async () => {
      ran = true;
    }, controller.signal);
    const outcome = waiting.then(
      () => "done",
      (reason) => reason,
    );

    finish();
    for (let i = 0; i < microtasks; i++) await Promise.resolve();
    controller.abort("left");

    expect(await outcome).toBe(ran ? "done" : "left");
    expect(await queue.push(async () => "next")).toBe("next");
    await queue.idle();
    await running;
  }
});

test("a turn that is taken by hand keeps tasks waiting until it is left", async () => {
  const queue = createRunQueue();
  const log: string[] = [];

  const first = queue.enter();
  const second = queue.enter();
  const task = queue.push(async () => log.push("task"));
  const idle = queue.idle().then(() => log.push("idle"));
  void second?.then(() => log.push("second"));
  await new Promise(setImmediate);
  const before = [...log];
  queue.leave();
  await second;
  await new Promise(setImmediate);
  const between = [...log];
  queue.leave();
  await Promise.all([task, idle]);

  expect(first).toBeUndefined();
  expect([before, between, log]).toEqual([[], ["second"], ["second", "task", "idle"]]);
});

test("an abort takes a waiting turn out of the queue", async () => {
  const queue = createRunQueue();
  const abort = new AbortController();
  void queue.enter();
  const waiting = queue.enter(abort.signal);

  abort.abort("enough");
  await expect(waiting).rejects.toBe("enough");
  queue.leave();

  expect(queue.enter()).toBeUndefined();
  expect(() => queue.enter(abort.signal)).toThrow("enough");
});
