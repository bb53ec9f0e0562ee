import os from "node:os";
import process from "node:process";
import { afterEach, expect, test, vi } from "vitest";
import { cacheBudget, openCacheBudget } from "./cache-budget.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test("a cache larger than what is available at that time is refused with the numbers", () => {
  let available = 100;
  const budget = cacheBudget(1000, { available: () => available, promises: { bytes: 0 } });
  budget.take(80).written(80);
  available = 20;

  const refused = () => budget.take(21);

  const details = { limit: 1000, used: 80, requested: 21, promised: 0, available: 20 };
  expect(refused).toThrow(expect.objectContaining({ code: "ERR_LIMIT", details }));
  available = 21;
  expect(refused).not.toThrow();
});

test("what was promised and not written yet is not promised again", () => {
  const budget = cacheBudget(1000, { available: () => 100, promises: { bytes: 0 } });
  const share = budget.take(60);

  const refused = () => budget.take(41);

  const details = { limit: 1000, used: 60, requested: 41, promised: 60, available: 100 };
  expect(refused).toThrow(expect.objectContaining({ code: "ERR_LIMIT", details }));
  share.written(59); // the system knows of these bytes: there they are no longer available
  expect(() => budget.take(100)).toThrow(expect.objectContaining({ code: "ERR_LIMIT" }));
  expect(() => budget.take(99)).not.toThrow();
});

test("a cache's memory stays written when its sequence is cut, and is promised to nobody when it is given back", () => {
  const promises = { bytes: 0 };
  const budget = cacheBudget(100, { promises });
  const share = budget.take(60);

  share.written(50);
  share.written(10);
  expect(promises.bytes).toBe(10);

  share.give();
  share.give();
  share.written(0);
  expect(promises.bytes).toBe(0);
  expect(() => budget.take(100)).not.toThrow();
});

test("decoders see what the others of the process promised, each with a limit of its own", () => {
  computerHas(1000);
  const [first, given] = [
    openCacheBudget({ onDevice: false }),
    openCacheBudget({ onDevice: false, maxCacheBytes: 5000 }),
  ];
  const shares = [first.take(400), given.take(500)];

  const second = openCacheBudget({ onDevice: false });

  try {
    expect(() => second.take(51)).toThrow(expect.objectContaining({ details: { limit: 50, used: 0, requested: 51 } }));
    const details = { limit: 500, used: 400, requested: 100, promised: 900, available: 999 };
    computerHas(999);
    expect(() => first.take(100)).toThrow(expect.objectContaining({ details }));
    expect(() => shares.push(given.take(4500))).not.toThrow(); // who gives a budget answers for it
  } finally {
    for (const share of shares) share.give();
  }
  expect(() => first.take(500).give()).not.toThrow();
});

test("where nobody gave a budget it is half of what is free, and what is left of it counts", () => {
  computerHas(1000);
  const budget = openCacheBudget({ onDevice: false });
  expect(() => budget.take(501)).toThrow(expect.objectContaining({ details: { limit: 500, used: 0, requested: 501 } }));

  computerHas(100);

  expect(() => budget.take(101)).toThrow(expect.objectContaining({ code: "ERR_LIMIT" }));
  expect(() => budget.take(100).give()).not.toThrow();
});

test("what is left in the computer says nothing of a device's memory, nor do caches there of the computer's", () => {
  computerHas(1000);
  const [device, host] = [openCacheBudget({ onDevice: true }), openCacheBudget({ onDevice: false })];

  computerHas(100);

  expect(() => device.take(500)).not.toThrow();
  expect(() => host.take(100).give()).not.toThrow();
});

// --- internal ---

function computerHas(bytes: number): void {
  vi.spyOn(os, process.platform === "darwin" ? "totalmem" : "freemem").mockReturnValue(bytes);
  vi.spyOn(process, "constrainedMemory").mockReturnValue(0);
}
