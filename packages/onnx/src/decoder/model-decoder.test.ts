import type { RuntimeSession, RuntimeTensor } from "@palaver/core";
import { expect, test } from "vitest";
import { type CachePromises, cacheBudget } from "./cache-budget.ts";
import { CacheState } from "./cache-state.ts";
import type { DecoderForm, ForwardCall } from "./decoder-form.ts";
import { ModelDecoder } from "./model-decoder.ts";

const CAPACITY = 8;
const INFO = { driver: "test", device: "cpu", runtimeVersion: "1", threads: 1 };

test("a cache that is closed during a step keeps its bytes until the step is over, however it ends", async () => {
  for (const error of [undefined, new DOMException("it broke", "OperationError")]) {
    const step = gate();
    const decoder = decoderOver({ caches: 1, onForward: () => step.passed });
    const cache = decoder.createCache();
    const running = decoder.step([{ cache, tokens: [1] }]).catch((caught: unknown) => caught);

    cache.close();

    expect(() => decoder.createCache()).toThrow(expect.objectContaining({ code: "ERR_LIMIT" }));
    if (error === undefined) step.open();
    else step.fail(error);
    await running;
    expect(decoder.createCache().capacity).toBe(CAPACITY);
  }
});

test("caches that are closed during a copy keep their bytes until it is made, and the decoder stays open until then", async () => {
  const copy = gate();
  const order: string[] = [];
  const decoder = decoderOver({ caches: 2, copied: copy.passed, onClose: () => order.push("decoder") });
  const cache = decoder.createCache();
  const fork = cache.fork();

  for (const each of [cache, fork]) each.close();
  const refused = () => decoder.createCache();

  expect(refused).toThrow(expect.objectContaining({ code: "ERR_LIMIT" }));
  const closing = decoder.close();
  await new Promise((resolve) => setTimeout(resolve, 5));
  order.push("copy");
  copy.open();
  await closing;
  expect(order).toEqual(["copy", "decoder"]);
});

test("bytes are free at once where no step and no copy uses the cache any more", async () => {
  const copy = gate();
  const decoder = decoderOver({ caches: 2, copied: copy.passed });
  const cache = decoder.createCache();
  const fork = cache.fork();
  copy.open();
  await decoder.step([{ cache: fork, tokens: [1] }]);

  for (const each of [cache, fork]) each.close();

  expect([decoder.createCache(), decoder.createCache()]).toHaveLength(2);
});

test("a cache that is closed before its row's turn leaves the step whole", async () => {
  const seen: boolean[] = [];
  const decoder = decoderOver({
    caches: 2,
    onForward: async ({ state }) => {
      seen.push((state.tensors[0] as TestTensor).isClosed);
      second.close();
    },
  });
  const [first, second] = [decoder.createCache(), decoder.createCache()];

  const logits = await decoder.step([first, second].map((cache) => ({ cache, tokens: [1] })));

  expect(logits).toHaveLength(2);
  expect(seen).toEqual([false, false]);
  expect(first.length).toBe(1);
  expect(decoder.createCache().capacity).toBe(CAPACITY); // in the second one's place
});

test("what steps and copies have written is promised no longer, and what a fork shares is not its own", async () => {
  const promises = { bytes: 0 };
  const copy = gate();
  const decoder = decoderOver({ caches: 9, promises, copied: copy.passed });
  const cache = decoder.createCache();
  await decoder.step([{ cache, tokens: [1, 2, 3] }]);
  expect(promises.bytes).toBe(CAPACITY - 3);

  const fork = cache.fork(2);
  expect(promises.bytes).toBe(CAPACITY - 3 + CAPACITY); // nothing is copied yet
  copy.open();
  await decoder.step([{ cache, tokens: [0] }]);
  expect(promises.bytes).toBe(CAPACITY - 4 + CAPACITY - 2);

  cache.truncate(0);
  await decoder.step([{ cache, tokens: [1] }]);
  expect(promises.bytes).toBe(CAPACITY - 4 + CAPACITY - 2);
  for (const each of [cache, fork]) each.close();
  expect(promises.bytes).toBe(0);

  const sharing = decoderOver({ caches: 9, promises, isShared: true });
  const first = sharing.createCache();
  await sharing.step([{ cache: first, tokens: [1, 2, 3] }]);
  first.fork();
  expect(promises.bytes).toBe(CAPACITY - 3 + CAPACITY);
  await sharing.close();
  expect(promises.bytes).toBe(0);
});

test("closing goes on behind what fails to close, and tells the failure", async () => {
  const failure = new DOMException("it stays", "OperationError");
  const closed: string[] = [];
  const decoder = decoderOver({
    caches: 1,
    onClose: () => {
      throw failure;
    },
    onSessionClose: () => closed.push("session"),
  });

  await expect(decoder.close()).rejects.toBe(failure);

  expect(closed).toEqual(["session"]);
});

// --- internal ---

interface TestTensor extends RuntimeTensor {
  readonly isClosed: boolean;
}

interface TestDecoderOptions {
  /** Room for so many. */
  readonly caches: number;
  readonly onForward?: (call: ForwardCall) => Promise<unknown>;
  /** A fork's copy is made when this resolves. Default: at once. */
  readonly copied?: Promise<void>;
  /** A fork shares its original's state. Default: false. */
  readonly isShared?: boolean;
  readonly promises?: CachePromises;
  readonly onClose?: () => unknown;
  readonly onSessionClose?: () => unknown;
}

/** A decoder whose form holds one small tensor a cache and computes nothing. */
function decoderOver(options: TestDecoderOptions): ModelDecoder {
  const { caches, onForward, copied, isShared, promises, onClose, onSessionClose } = options;
  const make = (): CacheState => new CacheState([testTensor()], CAPACITY);
  const form: DecoderForm = {
    vocabSize: 4,
    bytesPerToken: 1,
    empty: make,
    fork(state) {
      if (isShared) return state.retain();
      const fork = make();
      if (copied !== undefined) for (const each of [state, fork]) each.after(copied);
      return fork;
    },
    async forward(call) {
      await call.state.ready();
      await onForward?.(call);
      return { state: call.state.retain(), logits: new Float32Array(4) };
    },
    close: async () => {
      onClose?.();
    },
  };
  // Nothing else of it is used.
  const session = {
    close: async () => {
      onSessionClose?.();
    },
  } as RuntimeSession;
  const budget = cacheBudget(caches * CAPACITY, promises === undefined ? {} : { promises });
  return new ModelDecoder({ session, form }, { info: INFO, contextTokens: CAPACITY, prefillTokens: 4, budget });
}

function testTensor(): TestTensor {
  let isClosed = false;
  return {
    type: "float32",
    shape: [1],
    data: new Float32Array(1),
    get isClosed() {
      return isClosed;
    },
    close() {
      isClosed = true;
    },
  };
}

/** A promise that somebody else settles. */
function gate(): { readonly passed: Promise<void>; open(): void; fail(error: unknown): void } {
  let open = (): void => {};
  let fail = (_: unknown): void => {};
  const passed = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { passed, open, fail };
}
