import { expect, test } from "vitest";
import { decoderContract } from "./decoder-contract.ts";
import { decode } from "./decoder-probe.ts";
import { tableDecoder } from "./table-decoder.ts";

const argmax = (logits: Float32Array) => logits.indexOf(Math.max(...logits));

for (const { name, run } of decoderContract(() => tableDecoder(), { tolerance: 0 })) test(name, run);

test("a script is said whatever the prompt was, and again after its end", async () => {
  const decoder = tableDecoder({ script: [9, 9, 4, 2] });

  for (const prompt of [[1], [30, 31, 32]]) {
    const cache = decoder.createCache();
    const said: number[] = [];
    let tokens: readonly number[] = prompt;
    for (let i = 0; i < 5; i++) {
      said.push(argmax(await decode(decoder, cache, tokens)));
      tokens = said.slice(-1);
    }
    expect(said).toEqual([9, 9, 4, 2, 9]);
  }
});

test("a function as script sees the whole sequence and may have no preference", async () => {
  const decoder = tableDecoder({ script: (ids) => (ids.length > 2 ? ids[0] : undefined) });
  const plain = tableDecoder();

  expect(argmax(await decode(decoder, decoder.createCache(), [7, 8, 9]))).toBe(7);
  expect(await decode(decoder, decoder.createCache(), [7])).toEqual(await decode(plain, plain.createCache(), [7]));
});

test("seeds disagree", async () => {
  const [a, b] = [tableDecoder({ seed: 1 }), tableDecoder({ seed: 2 })];

  expect(await decode(a, a.createCache(), [7])).not.toEqual(await decode(b, b.createCache(), [7]));
});

test("a failure from onStep fails that step only and leaves the caches", async () => {
  const failure = new Error("injected");
  const decoder = tableDecoder({
    onStep: (_, index) => {
      if (index === 1) throw failure;
    },
  });
  const cache = decoder.createCache();
  await decode(decoder, cache, [1, 2]);

  await expect(decode(decoder, cache, [3])).rejects.toBe(failure);

  expect(cache.length).toBe(2);
  await decode(decoder, cache, [3]);
  expect(decoder.steps.map((step) => step.rows[0])).toEqual([
    { start: 0, tokens: [1, 2] },
    { start: 2, tokens: [3] },
    { start: 2, tokens: [3] },
  ]);
});

test("an abort ends a step that hangs in onStep", async () => {
  const decoder = tableDecoder({ onStep: () => new Promise(() => {}) });
  const controller = new AbortController();

  const step = decoder.step([{ cache: decoder.createCache(), tokens: [1] }], { signal: controller.signal });
  setTimeout(() => controller.abort("left"), 1);

  await expect(step).rejects.toBe("left");
});

test("caches beyond the limit are refused with the numbers, and closing one makes room", () => {
  const decoder = tableDecoder({ maxCacheTokens: 100 });
  const cache = decoder.createCache({ capacity: 60 });

  expect(() => decoder.createCache({ capacity: 41 })).toThrow(/100.*60.*41/);
  cache.close();
  expect(decoder.createCache({ capacity: 100 }).capacity).toBe(100);
  expect(decoder.openCaches).toBe(1);
});
