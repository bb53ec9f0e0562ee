/**
 * What every `Decoder` promises. The cases need a vocabulary of at least 8 tokens and a context of at least 32; they
 * judge a decoder by its own answers (the same sequence must give the same logits), not by stored values.
 */

import type { Decoder } from "../decoder.ts";
import { isPalaverError } from "../error.ts";
import { type ContractCase, check, checkEqual, rejection } from "./contract.ts";
import { decoderFailureContract } from "./decoder-failure-contract.ts";
import { decode, fresh, largestDifference } from "./decoder-probe.ts";

export interface DecoderContractOptions {
  /**
   * How far two logits of the same sequence may differ when it was fed in other pieces. Default: 1e-4 (products of
   * one row and of many rows add up in another order).
   */
  readonly tolerance?: number;
}

const PROMPT = [1, 5, 3, 7, 2, 6];

/** The cases for decoders that `make` opens; each case closes what it opened. */
export function decoderContract(
  make: () => Promise<Decoder> | Decoder,
  { tolerance = 1e-4 }: DecoderContractOptions = {},
): ContractCase[] {
  const withDecoder = (name: string, body: (decoder: Decoder) => Promise<void>): ContractCase => ({
    name,
    run: async () => {
      const decoder = await make();
      try {
        await body(decoder);
      } finally {
        await decoder.close();
      }
    },
  });
  const same = (actual: Float32Array, expected: Float32Array, what: string): void => {
    const distance = largestDifference(actual, expected);
    check(distance <= tolerance, `${what}: logits differ by ${distance}, allowed are ${tolerance}`);
  };

  return [
    withDecoder("it says what it is", async (decoder) => {
      const { driver, device, runtimeVersion, threads } = decoder.info;

      check(driver !== "" && device !== "" && runtimeVersion !== "", "info must name driver, device and version");
      check(Number.isInteger(threads) && threads >= 1, `threads must be at least 1, got ${threads}`);
      check(decoder.vocabSize >= 8 && decoder.contextTokens >= 32, "the contract needs 8 tokens and a context of 32");
    }),
    withDecoder("a new cache is empty and holds the whole context", async (decoder) => {
      const cache = decoder.createCache();

      checkEqual([cache.length, cache.capacity], [0, decoder.contextTokens], "length and capacity");
    }),
    withDecoder("memory for the logits is optional and changes nothing", async (decoder) => {
      const [plain, given] = [decoder.createCache(), decoder.createCache()];
      const own = new Float32Array(decoder.vocabSize).fill(7);
      const short = new Float32Array(1).fill(7);

      for (const tokens of [PROMPT, [4], [2]]) {
        const [expected] = await decoder.step([{ cache: plain, tokens }]);
        const [logits] = await decoder.step([{ cache: given, tokens, into: own }]);
        checkEqual(logits!, expected!, `logits after ${tokens}`);
      }
      const [all] = await decoder.step([{ cache: given, tokens: [1, 3], logits: "all", into: short }]);

      checkEqual(all!.length, 2 * decoder.vocabSize, "numbers where the memory is too short");
      checkEqual([...short], [7], "memory that was too short");
    }),
    withDecoder("the logits of the last token are the default, (vocab,)", async (decoder) => {
      const cache = decoder.createCache();

      const [logits] = await decoder.step([{ cache, tokens: PROMPT }]);

      checkEqual(logits?.length, decoder.vocabSize, "logits");
      checkEqual(cache.length, PROMPT.length, "cache length");
      check(logits?.every(Number.isFinite) ?? false, "logits must be finite");
    }),
    withDecoder("the last row of all logits is the logits of the last token", async (decoder) => {
      const [all] = await decoder.step([{ cache: decoder.createCache(), tokens: PROMPT, logits: "all" }]);
      const last = await decode(decoder, decoder.createCache(), PROMPT);

      checkEqual(all?.length, PROMPT.length * decoder.vocabSize, "all logits");
      same(all!.slice(-decoder.vocabSize), last, "last row");
    }),
    withDecoder("each row of all logits is what the sequence up to there gives", async (decoder) => {
      const [all] = await decoder.step([{ cache: decoder.createCache(), tokens: PROMPT, logits: "all" }]);

      for (let length = 1; length <= PROMPT.length; length++) {
        const alone = await decode(decoder, decoder.createCache(), PROMPT.slice(0, length));
        same(all!.slice((length - 1) * decoder.vocabSize, length * decoder.vocabSize), alone, `row ${length - 1}`);
      }
    }),
    withDecoder("`none` gives an empty array and still fills the cache", async (decoder) => {
      const cache = decoder.createCache();

      const [none] = await decoder.step([{ cache, tokens: PROMPT.slice(0, -1), logits: "none" }]);

      checkEqual(none?.length, 0, "logits");
      same(await decode(decoder, cache, PROMPT.slice(-1)), await fresh(decoder, PROMPT), "after none");
    }),
    withDecoder("a sequence fed in pieces gives the logits of the whole", async (decoder) => {
      const whole = await fresh(decoder, PROMPT);

      for (const cut of [1, 3, PROMPT.length - 1]) {
        const cache = decoder.createCache();
        await decode(decoder, cache, PROMPT.slice(0, cut));
        same(await decode(decoder, cache, PROMPT.slice(cut)), whole, `cut after ${cut}`);
      }
    }),
    withDecoder("tokens and their order change the logits", async (decoder) => {
      const base = await fresh(decoder, [1, 2, 3, 4]);

      for (const other of [
        [2, 1, 3, 4],
        [5, 2, 3, 4],
      ]) {
        const distance = largestDifference(await fresh(decoder, other), base);
        check(distance > 2 * tolerance, `${other} must not give the logits of 1,2,3,4: the past is not seen`);
      }
    }),
    withDecoder("rows of one step do not see each other", async (decoder) => {
      const sequences = [PROMPT, [4], [2, 2, 2]];
      const caches = sequences.map(() => decoder.createCache());

      const logits = await decoder.step(sequences.map((tokens, i) => ({ cache: caches[i]!, tokens })));

      for (const [i, tokens] of sequences.entries()) same(logits[i]!, await fresh(decoder, tokens), `row ${i}`);
      checkEqual(
        caches.map((cache) => cache.length),
        sequences.map((tokens) => tokens.length),
        "cache lengths",
      );
    }),
    withDecoder("a truncated cache goes on as if the rest had never been", async (decoder) => {
      const cache = decoder.createCache();
      await decode(decoder, cache, [...PROMPT.slice(0, 3), 4, 4, 4]);

      cache.truncate(3);

      checkEqual(cache.length, 3, "cache length");
      same(await decode(decoder, cache, PROMPT.slice(3)), await fresh(decoder, PROMPT), "after truncate");
    }),
    withDecoder("a cache truncated to nothing is as new", async (decoder) => {
      const cache = decoder.createCache();
      await decode(decoder, cache, [7, 7, 7]);

      cache.truncate(0);

      same(await decode(decoder, cache, PROMPT), await fresh(decoder, PROMPT), "after truncate(0)");
    }),
    withDecoder("a fork starts where it was cut and goes its own way", async (decoder) => {
      const cache = decoder.createCache();
      await decode(decoder, cache, PROMPT.slice(0, 4));

      const fork = cache.fork();
      const shorter = cache.fork(2);
      await decode(decoder, fork, [1, 1, 1]);
      await decode(decoder, shorter, [6]);

      checkEqual([cache.length, fork.length, shorter.length], [4, 7, 3], "lengths");
      same(await decode(decoder, cache, PROMPT.slice(4)), await fresh(decoder, PROMPT), "the original");
      same(await decode(decoder, fork, [3]), await fresh(decoder, [...PROMPT.slice(0, 4), 1, 1, 1, 3]), "the fork");
      same(await decode(decoder, shorter, [3]), await fresh(decoder, [...PROMPT.slice(0, 2), 6, 3]), "the shorter");
    }),
    withDecoder("a fork outlives the cache that it came from", async (decoder) => {
      const cache = decoder.createCache();
      await decode(decoder, cache, PROMPT.slice(0, 4));
      const fork = cache.fork();

      cache.close();

      same(await decode(decoder, fork, PROMPT.slice(4)), await fresh(decoder, PROMPT), "the fork");
      check(isPalaverError(await rejection(() => cache.fork()), "ERR_CLOSED"), "a closed cache cannot fork");
    }),
    withDecoder("logits belong to the caller: changing them changes nothing later", async (decoder) => {
      const cache = decoder.createCache();

      const first = await decode(decoder, cache, PROMPT.slice(0, 5));
      first.fill(Number.NaN);

      same(await decode(decoder, cache, PROMPT.slice(5)), await fresh(decoder, PROMPT), "the next logits");
      check(first.every(Number.isNaN), "a later step must not write into logits that were given away");
    }),
    withDecoder("steps run in the order of the calls", async (decoder) => {
      const cache = decoder.createCache();

      const results = await Promise.all(PROMPT.map((id) => decoder.step([{ cache, tokens: [id] }])));

      checkEqual(cache.length, PROMPT.length, "cache length");
      same(results.at(-1)![0]!, await fresh(decoder, PROMPT), "the last step");
    }),
    ...decoderFailureContract(withDecoder, same),
  ];
}
