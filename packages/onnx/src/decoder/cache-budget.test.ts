import os from "node:os";
import process from "node:process";
import { afterEach, expect, test, vi } from "vitest";
import { cacheBudget, defaultCacheBudget } from "./cache-budget.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test("a cache larger than what is available at that time is refused with the numbers", () => {
  let available = 100;
  const budget = cacheBudget(1000, () => available);
  budget.take(80);
  available = 20;

  const refused = () => budget.take(21);

  const details = { limit: 1000, used: 80, requested: 21, available: 20 };
  expect(refused).toThrow(expect.objectContaining({ code: "ERR_LIMIT", details }));
  available = 21;
  expect(refused).not.toThrow();
});

test("where nobody gave a budget it is half of what is free, and what is left of it counts", () => {
  computerHas(1000);
  const budget = defaultCacheBudget({ onDevice: false });
  expect(() => budget.take(501)).toThrow(expect.objectContaining({ details: { limit: 500, used: 0, requested: 501 } }));

  computerHas(100);

  expect(() => budget.take(101)).toThrow(expect.objectContaining({ code: "ERR_LIMIT" }));
  expect(() => budget.take(100)).not.toThrow();
});

test("what is left in the computer says nothing of a device's memory", () => {
  computerHas(1000);
  const budget = defaultCacheBudget({ onDevice: true });

  computerHas(100);

  expect(() => budget.take(500)).not.toThrow();
});

test("in a container it is half of what this process leaves of its limit", () => {
  computerHas(1000);
  vi.spyOn(process, "constrainedMemory").mockReturnValue(500);
  vi.spyOn(process.memoryUsage, "rss").mockReturnValue(300);

  const budget = defaultCacheBudget({ onDevice: false });

  expect(() => budget.take(101)).toThrow(expect.objectContaining({ code: "ERR_LIMIT" }));
  expect(() => budget.take(100)).not.toThrow();
});

// --- internal ---

function computerHas(bytes: number): void {
  vi.spyOn(os, process.platform === "darwin" ? "totalmem" : "freemem").mockReturnValue(bytes);
}
