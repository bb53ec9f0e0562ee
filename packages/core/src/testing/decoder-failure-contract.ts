/** What every `Decoder` promises when a call is wrong, fails, is aborted or comes too late. Part of `decoderContract`. */

import type { Decoder } from "../decoder.ts";
import { type ErrorCode, isPalaverError } from "../error.ts";
import { type ContractCase, check, checkEqual, rejection } from "./contract.ts";
import { decode, fresh } from "./decoder-probe.ts";

type WithDecoder = (name: string, body: (decoder: Decoder) => Promise<void>) => ContractCase;
type Same = (actual: Float32Array, expected: Float32Array, what: string) => void;

const PROMPT = [1, 5, 3, 7, 2, 6];

/** The cases; `withDecoder` opens and closes a decoder around each, `same` compares logits. */
export function decoderFailureContract(withDecoder: WithDecoder, same: Same): ContractCase[] {
  return [
    withDecoder("ids outside the vocabulary, empty rows and empty steps are refused", async (decoder) => {
      const cache = decoder.createCache();
      await decode(decoder, cache, [1, 2]);

      for (const tokens of [[-1], [decoder.vocabSize], [0.5], [Number.NaN], [1, 2 ** 40], []]) {
        await fails("ERR_INVALID_ARGUMENT", () => decoder.step([{ cache, tokens }]), `tokens [${tokens}]`);
      }
      await fails("ERR_INVALID_ARGUMENT", () => decoder.step([]), "no rows");
      checkEqual(cache.length, 2, "cache length");
    }),
    withDecoder("one cache cannot be in two rows of a step", async (decoder) => {
      const cache = decoder.createCache();
      const rows = [
        { cache, tokens: [1] },
        { cache, tokens: [2] },
      ];

      await fails("ERR_INVALID_ARGUMENT", () => decoder.step(rows), "the same cache twice");
      checkEqual(cache.length, 0, "cache length");
    }),
    withDecoder("a cache that is not the decoder's own is refused", async (decoder) => {
      const own = decoder.createCache();
      const lookalike = {
        length: 0,
        capacity: 8,
        truncate: () => {},
        fork: () => own,
        close: () => {},
      };

      await fails("ERR_INVALID_ARGUMENT", () => decoder.step([{ cache: lookalike, tokens: [1] }]), "a foreign cache");
    }),
    withDecoder("capacities that are no whole number from 1 to the context are refused", async (decoder) => {
      for (const capacity of [0, -1, 1.5, Number.NaN, decoder.contextTokens + 1]) {
        await fails("ERR_INVALID_ARGUMENT", () => decoder.createCache({ capacity }), `capacity ${capacity}`);
      }
    }),
    withDecoder("a step that does not fit says how much would, and changes nothing", async (decoder) => {
      const cache = decoder.createCache({ capacity: 8 });
      await decode(decoder, cache, PROMPT);

      const error = await rejection(() => decoder.step([{ cache, tokens: [1, 2, 3] }]));

      check(isPalaverError(error, "ERR_CONTEXT_FULL"), `expected ERR_CONTEXT_FULL, got ${error}`);
      check(
        /\b8\b/.test(error.message) && /\b9\b/.test(error.message),
        `the message must name 8 and 9: ${error.message}`,
      );
      same(await decode(decoder, cache, [1, 2]), await fresh(decoder, [...PROMPT, 1, 2]), "what does fit");
    }),
    withDecoder("when one row of a step is wrong, no row moves", async (decoder) => {
      const [good, bad] = [decoder.createCache(), decoder.createCache({ capacity: 2 })];
      const rows = [
        { cache: good, tokens: PROMPT },
        { cache: bad, tokens: PROMPT },
      ];

      await fails("ERR_CONTEXT_FULL", () => decoder.step(rows), "the second row is too long");
      checkEqual([good.length, bad.length], [0, 0], "lengths");
      same(await decode(decoder, good, PROMPT), await fresh(decoder, PROMPT), "the good row again");
    }),
    withDecoder("lengths that a cache does not have can be neither truncated to nor forked", async (decoder) => {
      const cache = decoder.createCache();
      await decode(decoder, cache, [1, 2, 3]);

      for (const length of [4, -1, 1.5, Number.NaN]) {
        await fails("ERR_INVALID_ARGUMENT", () => cache.truncate(length), `truncate(${length})`);
        await fails("ERR_INVALID_ARGUMENT", () => cache.fork(length), `fork(${length})`);
      }
      checkEqual(cache.length, 3, "cache length");
    }),
    withDecoder("a step that was aborted before it began gives the signal's reason", async (decoder) => {
      const cache = decoder.createCache();
      const reason = { why: "enough" };

      const thrown = await rejection(() =>
        decoder.step([{ cache, tokens: [1] }], { signal: AbortSignal.abort(reason) }),
      );

      check(thrown === reason, `expected the signal's reason, got ${thrown}`);
      checkEqual(cache.length, 0, "cache length");
    }),
    withDecoder("a queued step that is aborted leaves the others alone", async (decoder) => {
      const [first, second, third] = [decoder.createCache(), decoder.createCache(), decoder.createCache()];
      const controller = new AbortController();
      const reason = { why: "left" };

      const running = decoder.step([{ cache: first, tokens: PROMPT }]);
      const queued = rejection(() => decoder.step([{ cache: second, tokens: PROMPT }], { signal: controller.signal }));
      const after = decoder.step([{ cache: third, tokens: PROMPT }]);
      controller.abort(reason);

      check((await queued) === reason, "the queued step must throw the reason");
      const expected = await fresh(decoder, PROMPT);
      same((await running)[0]!, expected, "the step before");
      same((await after)[0]!, expected, "the step after");
      checkEqual([first.length, second.length, third.length], [6, 0, 6], "lengths");
    }),
    withDecoder("a step on a closed cache is refused, and closing twice is allowed", async (decoder) => {
      const cache = decoder.createCache();
      cache.close();
      cache.close();

      await fails("ERR_CLOSED", () => decoder.step([{ cache, tokens: [1] }]), "step");
      await fails("ERR_CLOSED", () => cache.truncate(0), "truncate");
    }),
    withDecoder("a cache may be closed while a step uses it", async (decoder) => {
      const [cache, other] = [decoder.createCache(), decoder.createCache()];

      const running = decoder.step([{ cache, tokens: PROMPT }]).catch((error: unknown) => error);
      cache.close();
      const outcome = await running;

      const settled = Array.isArray(outcome) || isPalaverError(outcome, "ERR_CLOSED");
      check(settled, `expected logits or ERR_CLOSED, got ${outcome}`);
      same(await decode(decoder, other, PROMPT), await fresh(decoder, PROMPT), "another cache");
    }),
    withDecoder("a cache that is closed during a step of two rows leaves the other row whole", async (decoder) => {
      const [kept, gone] = [decoder.createCache(), decoder.createCache()];
      const rows = [kept, gone].map((cache) => ({ cache, tokens: PROMPT }));

      const running = decoder.step(rows).catch((error: unknown) => error);
      gone.close();
      const outcome = await running;

      const isDone = Array.isArray(outcome);
      check(isDone || isPalaverError(outcome, "ERR_CLOSED"), `expected logits or ERR_CLOSED, got ${outcome}`);
      checkEqual(kept.length, isDone ? PROMPT.length : 0, "the other cache's length");
      if (!isDone) await decode(decoder, kept, PROMPT);
      same(await decode(decoder, kept, [4]), await fresh(decoder, [...PROMPT, 4]), "the other cache");
    }),
    withDecoder("of two steps at the same time one may be aborted and its cache closed", async (decoder) => {
      const [kept, gone] = [decoder.createCache(), decoder.createCache()];
      for (const cache of [kept, gone]) await decode(decoder, cache, PROMPT.slice(0, -1));
      const controller = new AbortController();
      const reason = { why: "left" };

      const tokens = PROMPT.slice(-1);
      const leaving = rejection(() => decoder.step([{ cache: gone, tokens }], { signal: controller.signal }));
      const staying = decode(decoder, kept, tokens);
      controller.abort(reason);
      gone.close();

      check((await leaving) === reason, "the aborted step must throw the reason");
      same(await staying, await fresh(decoder, PROMPT), "the other step");
      checkEqual(kept.length, PROMPT.length, "the other cache's length");
    }),
    withDecoder("closing waits for the running step; afterwards everything is closed", async (decoder) => {
      const cache = decoder.createCache();
      let stepped = false;

      const running = decoder.step([{ cache, tokens: PROMPT }]).then(
        () => {
          stepped = true;
        },
        (error: unknown) => {
          stepped = true;
          check(isPalaverError(error, "ERR_CLOSED"), `expected logits or ERR_CLOSED, got ${error}`);
        },
      );
      await Promise.all([decoder.close(), decoder.close()]);

      await running;
      check(stepped, "the step must have settled");
      await fails("ERR_CLOSED", () => decoder.step([{ cache, tokens: [1] }]), "step");
      await fails("ERR_CLOSED", () => decoder.createCache(), "createCache");
      await fails("ERR_CLOSED", () => cache.fork(), "fork");
    }),
  ];
}

// --- internal ---

async function fails(code: ErrorCode, action: () => unknown, what: string): Promise<void> {
  const error = await rejection(action);
  check(isPalaverError(error, code), `${what}: expected ${code}, got ${error}`);
}
