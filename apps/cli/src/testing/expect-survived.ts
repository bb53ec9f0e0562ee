import { expect } from "vitest";
import type { GraphAttack } from "./attack-graphs.ts";

// A mutant takes a tenth of a second, on a busy machine some more.
const MAX_MUTANT_MS = 10_000;

const TYPED = /^(?:ran|(?:gate|load|step):ERR_[A-Z_]+)$/;

/** Expects every mutant to run or to be refused with a code, in time, and a quarter of them to come to the runtime. */
export function expectSurvived({ endings, crashes, slowestMs }: GraphAttack, count: number): void {
  const ended = Object.entries(endings);
  const pastGate = ended.filter(([ending]) => !ending.startsWith("gate:"));
  expect(crashes).toEqual([]);
  expect(ended.filter(([ending]) => !TYPED.test(ending))).toEqual([]);
  expect(sum(ended)).toBe(count);
  expect(sum(pastGate)).toBeGreaterThan(count / 4);
  expect(slowestMs).toBeLessThan(MAX_MUTANT_MS);
}

// --- internal ---

function sum(endings: readonly (readonly [string, number])[]): number {
  return endings.reduce((total, [, count]) => total + count, 0);
}
