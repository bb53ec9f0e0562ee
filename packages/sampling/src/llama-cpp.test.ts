import { readFileSync } from "node:fs";
import type { LogitsTransform } from "@palaver/core";
import { describeSharedData } from "@palaver/test-data";
import { expect, test } from "vitest";
import { dry } from "./dry.ts";
import { minP } from "./min-p.ts";
import { penalties } from "./penalties.ts";
import { softmax } from "./softmax.ts";
import { temperature } from "./temperature.ts";
import { topK } from "./top-k.ts";
import { topNSigma } from "./top-n-sigma.ts";
import { topP } from "./top-p.ts";
import { typicalP } from "./typical-p.ts";
import { xtc } from "./xtc.ts";

/** The cases of llama.cpp's own sampler test (tests/test-sampling.cpp): probabilities in, sorted probabilities out. */
interface Case {
  readonly test: string;
  readonly args: readonly unknown[];
}

const notHere: Readonly<Record<string, string>> = {
  perf: "a benchmark, no expectation",
};

describeSharedData("llama.cpp's sampler cases", "reference/llama.cpp-sampling/test-sampling.json", (path) => {
  const cases = JSON.parse(readFileSync(path!, "utf8")) as Case[];
  for (const [i, { test: kind, args }] of cases.entries()) {
    const name = `${i}: ${kind} ${JSON.stringify(args)}`;
    if (notHere[kind] !== undefined) test.skip(`${name}: ${notHere[kind]}`, () => {});
    else if (kind === "sampler_queue") test(name, () => checkQueue(args));
    else test(name, () => checkCase(kind, args));
  }
});

// --- internal ---

function checkCase(kind: string, args: readonly unknown[]): void {
  const probabilities = args[0] as number[];
  const hasIds = kind === "penalties" || kind === "dry";
  const expected = (args[hasIds ? 2 : 1] as unknown[]).map(numberOf);
  const logits = Float32Array.from(probabilities, Math.log);
  const ids = hasIds ? (args[1] as number[]) : [];

  const transform = kind === "dry" ? dryOf(args.slice(3)) : transformOf(kind, args.slice(hasIds ? 3 : 2) as number[]);
  transform(logits, { position: ids.length, ids });

  const kept = [...softmax(logits)].sort((a, b) => b - a).slice(0, expected.length);
  // The typical and XTC cases of the original look at P before it is normalised again.
  const sum = kind === "typical" || kind === "xtc" ? expected.reduce((a, b) => a + b) : 1;
  for (const [i, P] of expected.entries()) expect(Math.abs(kept[i]! * sum - P)).toBeLessThan(1e-5);
  expect([...softmax(logits)].filter((P) => P > 0).length).toBeLessThanOrEqual(expected.length);
}

function transformOf(kind: string, parameters: readonly number[]): LogitsTransform {
  const [first = 0, second = 0, third = 0] = parameters;
  switch (kind) {
    case "temp":
    case "temp_ext": // every case has a dynamic range of 0, which is plain temperature
      return temperature(first);
    case "top_k":
      return topK(first);
    case "top_p":
      return topP(first);
    case "min_p":
      return minP(first);
    case "typical":
      return typicalP(first);
    case "top_n_sigma":
      return topNSigma(first);
    case "xtc":
      return xtc({ probability: first, threshold: second });
    default:
      return penalties({ repetitionPenalty: first, frequencyPenalty: second, presencePenalty: third });
  }
}

function dryOf([multiplier, base, allowedLength, window, breakers]: readonly unknown[]): LogitsTransform {
  return dry({
    multiplier: multiplier as number,
    base: base as number,
    allowedLength: allowedLength as number,
    window: window as number,
    breakers: breakers as number[][],
  });
}

/** Token `id` has the weight `id`: each filter of the queue keeps the highest ids, as many as integers say. */
function checkQueue([size, queue, k, p, m]: readonly unknown[]): void {
  const logits = Float32Array.from({ length: size as number }, (_, id) => Math.log(id));
  let least = 1; // token 0 has the weight 0
  for (const filter of queue as string) {
    const transform = { k: topK(k as number), p: topP(p as number), m: minP(numberOf(m)) }[filter]!;

    transform(logits, { position: 0, ids: [] });

    least = leastKept(filter, least, logits.length - 1, k as number, p as number, numberOf(m));
    const kept = [...logits.keys()].filter((id) => logits[id]! > Number.NEGATIVE_INFINITY);
    expect([kept[0], kept.at(-1), kept.length]).toEqual([least, logits.length - 1, logits.length - least]);
  }
}

function leastKept(filter: string, least: number, most: number, k: number, p: number, m: number): number {
  if (filter === "k") return Math.max(least, most + 1 - k);
  if (filter === "m") return Math.max(least, Math.ceil(m * most));
  const total = ((least + most) * (most - least + 1)) / 2;
  let id = most;
  for (let sum = id; sum < p * total; sum += id) id--;
  return Math.max(least, id);
}

/** A number, or a quotient that was written out. */
function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  const [a, , b] = (value as { expr: [number, unknown, number] }).expr;
  return a / b;
}
