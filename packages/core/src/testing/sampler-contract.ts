import { isPalaverError } from "../error.ts";
import type { SampleContext, Sampler } from "../sampler.ts";
import { type ContractCase, check, checkEqual, rejection } from "./contract.ts";

/** What every sampler does, whatever it chooses. `create` gives a sampler as it is used: seeded, configured. */
export function samplerContract(create: () => Sampler): ContractCase[] {
  const vocabulary = 97;
  const logitsAt = (position: number): Float32Array =>
    Float32Array.from({ length: vocabulary }, (_, id) => 6 * Math.sin(id * 12.9898 + position * 78.233));
  const contextAt = (position: number): SampleContext => ({
    position,
    ids: Array.from({ length: position }, (_, i) => (i * 31) % vocabulary),
  });
  const positions = Array.from({ length: 50 }, (_, i) => i);
  const refuses = async (logits: readonly number[]): Promise<void> => {
    const error = await rejection(() => create()(Float32Array.from(logits), contextAt(1)));
    check(isPalaverError(error, "ERR_RUNTIME"), `expected ERR_RUNTIME, got ${String(error)}`);
  };

  return [
    {
      name: "a sampler chooses an id of the vocabulary",
      run() {
        const sampler = create();
        for (const position of positions) {
          const id = sampler(logitsAt(position), contextAt(position));
          check(Number.isInteger(id) && id >= 0 && id < vocabulary, `${id} is no id below ${vocabulary}`);
        }
      },
    },
    {
      name: "a sampler never chooses an excluded token",
      run() {
        const sampler = create();
        for (const position of positions) {
          const allowed = position % vocabulary;
          const logits = new Float32Array(vocabulary).fill(Number.NEGATIVE_INFINITY);
          logits[allowed] = -1000;
          checkEqual(sampler(logits, contextAt(position)), allowed, "the only token left");
        }
      },
    },
    {
      name: "the same logits, position and ids give the same token, whatever was sampled before",
      run() {
        const sampler = create();
        const forwards = positions.map((position) => sampler(logitsAt(position), contextAt(position)));
        const backwards = positions.toReversed().map((position) => sampler(logitsAt(position), contextAt(position)));
        const fresh = positions.map((position) => create()(logitsAt(position), contextAt(position)));
        checkEqual(backwards.reverse(), forwards, "tokens in the reverse order");
        checkEqual(fresh, forwards, "tokens of a new sampler each");
      },
    },
    {
      name: "a sampler works without a context",
      run() {
        checkEqual(create()(logitsAt(3)), create()(logitsAt(3)), "a token without a context");
      },
    },
    { name: "NaN among the logits is ERR_RUNTIME", run: () => refuses([1, Number.NaN, 2]) },
    { name: "+Infinity among the logits is ERR_RUNTIME", run: () => refuses([1, Number.POSITIVE_INFINITY, 2]) },
    {
      name: "logits that exclude every token are ERR_RUNTIME",
      run: () => refuses([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]),
    },
  ];
}
