import os from "node:os";
import process from "node:process";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { availableMemory } from "./available-memory.ts";

beforeEach(() => {
  vi.spyOn(os, "totalmem").mockReturnValue(2000);
  vi.spyOn(os, "freemem").mockReturnValue(1000);
  vi.spyOn(process.memoryUsage, "rss").mockReturnValue(300);
});

afterEach(() => {
  vi.restoreAllMocks();
});

test("in a container it is what the group leaves of its limit, all processes counted", () => {
  limitIs(500);

  expect(availableMemory(() => 420)).toBe(80);
  expect(availableMemory(() => 501)).toBe(0);
});

test("where the kernel does not tell what the group uses, it is what this process leaves", () => {
  limitIs(500);

  expect(availableMemory(() => undefined)).toBe(200);
});

test.skipIf(process.platform === "darwin")("it is what is free where that is less, or where there is no limit", () => {
  const unread = () => {
    throw new DOMException("nobody has to know", "OperationError");
  };
  limitIs(1900);
  expect(availableMemory(() => 100)).toBe(1000);

  for (const none of [0, 2000, 2 ** 64]) {
    limitIs(none);
    expect(availableMemory(unread), `${none}`).toBe(1000);
  }
});

// --- internal ---

function limitIs(bytes: number): void {
  vi.spyOn(process, "constrainedMemory").mockReturnValue(bytes);
}
