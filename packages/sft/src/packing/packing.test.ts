import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseSize, labelPlaces } from "./label-places.ts";
import { packBatch } from "./pack-batch.ts";
import { readStep } from "./read-step.ts";
import { type DataPosition, dataStart, openSequencePool, type SequencePoolOptions } from "./sequence-pool.ts";
import { countLabels, type TrainingSequence } from "./training-sequence.ts";

const ROW = 12;

// Tokens tell their sequence and place, so that nothing can be lost or doubled unseen.
const sequences = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.func(fc.constantFrom(0, 1))), { maxLength: 30 })
  .map((drawn) =>
    drawn.map(
      ([length, mask], index): TrainingSequence => ({
        ids: Array.from({ length }, (_, i) => index * 100 + i),
        lossMask: Array.from({ length }, (_, i) => mask(i)),
      }),
    ),
  );

async function allRows(
  list: readonly TrainingSequence[],
  options: Partial<SequencePoolOptions> = {},
  from: DataPosition = dataStart,
): Promise<(readonly TrainingSequence[])[]> {
  const pool = openSequencePool((cursor) => list.slice(cursor), from, { rowTokens: ROW, poolSize: 5, ...options });
  const rows: (readonly TrainingSequence[])[] = [];
  for (let row = await pool.nextRow(); row; row = await pool.nextRow()) rows.push(row);
  await pool.close();
  return rows;
}

const idsOf = (rows: readonly (readonly TrainingSequence[])[]) =>
  rows.map((row) => row.map(({ ids }) => Array.from(ids)));

/** Every token that is learnt, found without packing. */
const learnt = ({ ids, lossMask }: TrainingSequence) => Array.from(ids).filter((_, i) => i > 0 && lossMask?.[i] === 1);

describe("a pool of sequences", () => {
  test("gives every sequence once and whole, or tells why not", async () => {
    await fc.assert(
      fc.asyncProperty(sequences, async (list) => {
        const skipped: number[] = [];
        const rows = await allRows(list, {
          onSkip: ({ sequence, reason, tokens }) => {
            skipped.push(sequence);
            expect(reason).toBe(countLabels(list[sequence]!) === 0 ? "nothing-learnt" : "too-long");
            expect(tokens).toBe(list[sequence]!.ids.length);
          },
        });

        const packed = rows.flat();
        const kept = list.filter((_, index) => !skipped.includes(index));
        expect(new Set(packed.map(({ ids }) => String(ids)))).toEqual(new Set(kept.map(({ ids }) => String(ids))));
        expect(packed).toHaveLength(kept.length);
        for (const { ids } of kept) expect(ids.length).toBeLessThanOrEqual(ROW);
      }),
    );
  });

  test("never makes a row longer than it is", async () => {
    await fc.assert(
      fc.asyncProperty(sequences, async (list) => {
        for (const row of await allRows(list, { overlong: "split" })) {
          expect(row.reduce((sum, { ids }) => sum + ids.length, 0)).toBeLessThanOrEqual(ROW);
        }
      }),
    );
  });

  test("cuts long texts so that each token is learnt exactly once", async () => {
    await fc.assert(
      fc.asyncProperty(sequences, async (list) => {
        const rows = await allRows(list, { overlong: "split" });

        const found = rows.flat().flatMap(learnt);
        expect(found.sort((a, b) => a - b)).toEqual(list.flatMap(learnt).sort((a, b) => a - b));
      }),
    );
  });

  test("goes on from any of its positions with the same rows, and reports nothing twice", async () => {
    await fc.assert(
      fc.asyncProperty(sequences, fc.nat({ max: 20 }), async (list, taken) => {
        const reports: number[] = [];
        const options = {
          overlong: "split",
          onSkip: ({ sequence }: { sequence: number }) => reports.push(sequence),
        } as const;
        const all = idsOf(await allRows(list, options));
        const wanted = reports.splice(0);
        const first = openSequencePool((cursor) => list.slice(cursor), dataStart, {
          rowTokens: ROW,
          poolSize: 5,
          ...options,
        });
        for (let row = 0; row < taken; row++) await first.nextRow();

        // As a checkpoint keeps it.
        const position = JSON.parse(JSON.stringify(first.position()));
        const rest = idsOf(await allRows(list, options, position));

        expect(rest).toEqual(all.slice(taken));
        expect(reports).toEqual(wanted);
      }),
    );
  });

  test("fills a row with the largest sequence that fits", async () => {
    const list = [5, 3, 6, 7, 2].map((length, index) => ({ ids: Array<number>(length).fill(index) }));

    expect(idsOf(await allRows(list)).map((row) => row.map(([id]) => id))).toEqual([
      [0, 3],
      [1, 2, 4],
    ]);
  });

  test("gives up on a source without an end in which nothing fits", async () => {
    function* endless(): Generator<TrainingSequence> {
      for (;;) yield { ids: new Array(ROW + 1).fill(1) };
    }
    const pool = openSequencePool(() => endless(), dataStart, { rowTokens: ROW });

    await expect(pool.nextRow()).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });
  });

  test("closes what it reads from", async () => {
    let isClosed = false;
    async function* source(): AsyncGenerator<TrainingSequence> {
      try {
        for (;;) yield { ids: [1, 2, 3] };
      } finally {
        isClosed = true;
      }
    }
    const pool = openSequencePool(source, dataStart, { rowTokens: ROW });
    await pool.nextRow();

    await pool.close();

    expect(isClosed).toBe(true);
    expect(pool.position().next).toBe(64);
  });
});

describe("packBatch", () => {
  test("keeps each sequence to itself and predicts exactly what is learnt", async () => {
    await fc.assert(
      fc.asyncProperty(sequences, fc.integer({ min: 1, max: 4 }), async (list, rows) => {
        const pool = openSequencePool((cursor) => list.slice(cursor), dataStart, { rowTokens: ROW });
        const step = await readStep(pool, { rows, tokens: ROW, accumulate: 3 });
        for (const batch of step?.batches ?? []) {
          expect(batch.ids).toHaveLength(rows * ROW);
          for (let at = 0; at < rows * ROW; at++) {
            const isPadding = batch.segments[at] === 0;
            const continues = at % ROW > 0 && !isPadding && batch.segments[at] === batch.segments[at - 1];
            expect(batch.positions[at]).toBe(continues ? batch.positions[at - 1]! + 1n : 0n);
            // In one segment the tokens of one sequence follow each other.
            if (continues) expect(batch.ids[at]).toBe(batch.ids[at - 1]! + 1n);
            if (isPadding) expect(batch.ids[at]).toBe(0n);
          }
          for (const [index, place] of batch.labelRows.entries()) {
            expect(batch.segments[place]).toBeGreaterThan(0);
            expect(batch.segments[place + 1]).toBe(batch.segments[place]);
            expect(BigInt(batch.labels[index]!)).toBe(batch.ids[place + 1]);
            const token = batch.labels[index]!;
            expect(list[Math.floor(token / 100)]!.lossMask![token % 100]).toBe(1);
          }
          expect(batch.usedTokens).toBe(batch.segments.filter((segment) => segment > 0).length);
        }
      }),
    );
  });

  test("refuses rows that are too long or too many", () => {
    const size = { rows: 1, tokens: 4 };

    expect(() => packBatch([[{ ids: [1, 2, 3, 4, 5] }]], size)).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }),
    );
    expect(() => packBatch([[{ ids: [1] }], [{ ids: [1] }]], size)).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }),
    );
  });
});

describe("labelPlaces", () => {
  test("uses no position twice, and gives weight to labels only", async () => {
    await fc.assert(
      fc.asyncProperty(sequences, fc.double({ min: 0, max: 1, noNaN: true }), async (list, extra) => {
        const pool = openSequencePool((cursor) => list.slice(cursor), dataStart, { rowTokens: ROW });
        const [batch] = (await readStep(pool, { rows: 3, tokens: ROW, accumulate: 1 }))?.batches ?? [];
        fc.pre(batch !== undefined);
        const count = batch.labels.length;
        const places = count + Math.floor(extra * (3 * ROW - count));

        const { labelRows, labels, labelWeights } = labelPlaces(batch, places, 0.5);

        expect(new Set(labelRows).size).toBe(places);
        expect(labelRows.every((row) => row >= 0n && row < BigInt(3 * ROW))).toBe(true);
        expect(Array.from(labelRows.slice(0, count), Number)).toEqual(Array.from(batch.labelRows));
        expect(Array.from(labels.slice(0, count), Number)).toEqual(Array.from(batch.labels));
        expect(Array.from(labelWeights)).toEqual(Array.from({ length: places }, (_, i) => (i < count ? 0.5 : 0)));
      }),
    );
  });

  test("takes the smallest size that is enough", () => {
    expect([0, 4, 5, 8].map((count) => chooseSize([4, 8], count))).toEqual([4, 4, 8, 8]);
    expect(() => chooseSize([4, 8], 9)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
  });
});
