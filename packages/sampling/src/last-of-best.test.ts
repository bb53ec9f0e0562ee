import fc from "fast-check";
import { expect, test } from "vitest";
import { softmax } from "./softmax.ts";
import { topP } from "./top-p.ts";
import { typicalP } from "./typical-p.ts";

const context = { position: 0, ids: [] };

/** Up to 3,000 logits, some far apart, some equal, some excluded: more than one pass of buckets. */
const anyLogits = fc
  .record({
    length: fc.constantFrom(1, 2, 40, 255, 257, 3000, 40_000),
    seed: fc.nat(1000),
    levels: fc.constantFrom(1, 3, 50, 1e6),
    spread: fc.constantFrom(1e-6, 1, 20),
  })
  .map(({ length, seed, levels, spread }) =>
    Float32Array.from({ length }, (_, i) => {
      const unit = Math.abs(Math.sin((i + 1) * (seed + 12.9898)) * 43758.5453) % 1;
      return unit > 0.95 && i > 0 ? Number.NEGATIVE_INFINITY : (spread * Math.floor(unit * levels)) / levels;
    }),
  );
const anyP = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0.5, 0.9, 0.999999, 1 - 2 ** -53));

/** Ids that are not excluded, by rank, then id. */
function bestFirst(ranks: readonly number[], probabilities: Float64Array): number[] {
  return [...ranks.keys()].filter((id) => probabilities[id]! > 0).sort((a, b) => ranks[a]! - ranks[b]! || a - b);
}

/** How much of itself a sum of weights in single precision may be off. */
const ROUNDING = 3e-7;

/** How many of them reach `p`, if sums are known to `ROUNDING`: at least and at most. */
function countsReaching(order: readonly number[], probabilities: Float64Array, p: number): [number, number] {
  if (p === 1) return [order.length, order.length]; // 1 keeps all, also those beyond the tolerance
  const countFor = (share: number): number => {
    let sum = 0;
    const end = order.findIndex((id) => {
      sum += probabilities[id]!;
      return sum >= share;
    });
    return end === -1 ? order.length : end + 1;
  };
  return [countFor(p * (1 - 1e-6 - ROUNDING)), countFor(p * (1 - 1e-6 + ROUNDING))];
}

function keptIn(logits: Float32Array): number[] {
  return [...logits.keys()].filter((id) => logits[id]! > Number.NEGATIVE_INFINITY);
}

test("top-p keeps what a full sort would keep", () => {
  fc.assert(
    fc.property(anyLogits, anyP, (logits, p) => {
      const ranks = Array.from(logits, (logit) => -logit);
      const probabilities = softmax(logits);
      const order = bestFirst(ranks, probabilities);
      const [least, most] = countsReaching(order, probabilities, p);

      topP(p)(logits, context);

      const kept = keptIn(logits);
      expect(kept.length).toBeGreaterThanOrEqual(least);
      expect(kept.length).toBeLessThanOrEqual(most);
      expect(kept).toEqual(order.slice(0, kept.length).sort((a, b) => a - b));
    }),
  );
});

test("typical-p keeps what a full sort would keep", () => {
  fc.assert(
    fc.property(anyLogits, anyP, (logits, p) => {
      const probabilities = softmax(logits);
      const max = logits.reduce((a, b) => Math.max(a, b));
      const meanDistance = probabilities.reduce((sum, P, id) => sum + (P > 0 ? P * (max - logits[id]!) : 0), 0);
      const ranks = Array.from(logits, (logit) => Math.abs(max - logit - meanDistance));
      const order = bestFirst(ranks, probabilities);
      const [least, most] = countsReaching(order, probabilities, p);

      typicalP(p)(logits, context);

      // The mean is known to single precision: of tokens about as far from it on its two sides, either may be the last.
      const kept = new Set(keptIn(logits));
      const others = order.filter((id, place) => (kept.has(id) ? place >= most : place < least));
      const borders = [least, most].map((count) => ranks[order[count - 1]!]!);
      for (const id of others) {
        const distance = Math.min(...borders.map((border) => Math.abs(ranks[id]! - border)));
        expect(distance).toBeLessThanOrEqual(1e-6 * meanDistance);
      }
    }),
  );
});

test("what top-p keeps reaches p, and would not without its least probable token", () => {
  fc.assert(
    fc.property(anyLogits, anyP, (logits, p) => {
      const before = softmax(logits);

      topP(p)(logits, context);

      const kept = keptIn(logits).map((id) => before[id]!);
      const sum = kept.reduce((a, b) => a + b, 0);
      expect(sum).toBeGreaterThanOrEqual(p * (1 - 2e-6));
      expect(kept.length === 1 || sum - Math.min(...kept) < p).toBe(true);
    }),
  );
});

test("what a filter keeps has the probability 1 in all", () => {
  fc.assert(
    fc.property(anyLogits, anyP, (logits, p) => {
      topP(p)(logits, context);

      expect(softmax(logits).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
    }),
  );
});
