import { type TableDecoder, type TableDecoderOptions, tableDecoder } from "./table-decoder.ts";

/**
 * A table decoder that, as real runtimes do, tells a cache entry written by a step of one token from the same entry
 * written in a longer step (there by the last bits, here by other logits). It shows whether an engine keeps "same seed, same
 * tokens" when it reuses a cache.
 */
export function stepSensitiveDecoder(options: Omit<TableDecoderOptions, "script"> = {}): TableDecoder {
  const { vocabSize = 64 } = options;
  const inner = tableDecoder({ ...options, vocabSize: 2 * vocabSize });
  // Inside, a token that came alone is another token: its id lies in the upper half.
  const marked = (tokens: readonly number[]): number[] =>
    tokens.map((id) => (tokens.length === 1 && id < vocabSize ? id + vocabSize : id));
  const lowerHalves = (logits: Float32Array): Float32Array => logits.filter((_, i) => i % (2 * vocabSize) < vocabSize);

  return {
    vocabSize,
    contextTokens: inner.contextTokens,
    info: inner.info,
    get steps() {
      return inner.steps.map(({ rows }) => ({
        rows: rows.map(({ start, tokens }) => ({ start, tokens: tokens.map((id) => id % vocabSize) })),
      }));
    },
    get openCaches() {
      return inner.openCaches;
    },
    get closed() {
      return inner.closed;
    },
    createCache: (cacheOptions) => inner.createCache(cacheOptions),
    async step(rows, stepOptions) {
      const markedRows = rows.map((row) => ({ ...row, tokens: marked(row.tokens) }));
      return (await inner.step(markedRows, stepOptions)).map(lowerHalves);
    },
    close: () => inner.close(),
  };
}
