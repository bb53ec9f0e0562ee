import { type TableDecoder, type TableDecoderOptions, tableDecoder } from "./table-decoder.ts";

/** Shapes of steps that are told apart. */
const SHAPES = 31;

/**
 * A table decoder that, as real runtimes do, gives a cache entry other bits when another step wrote it: one of another
 * length, or at another place in it (there the last bits differ, here the logits). It shows whether an engine keeps "same
 * seed, same tokens" when it reuses a cache.
 */
export function stepSensitiveDecoder(options: Omit<TableDecoderOptions, "script"> = {}): TableDecoder {
  const { vocabSize = 64 } = options;
  const inner = tableDecoder({ ...options, vocabSize: SHAPES * vocabSize });
  // Inside, the same token in a step of another shape is another token.
  const marked = (tokens: readonly number[]): number[] =>
    tokens.map((id, i) => (id < vocabSize ? id + vocabSize * ((tokens.length * 7 + i) % SHAPES) : id));
  const ofVocabulary = (logits: Float32Array): Float32Array =>
    logits.filter((_, i) => i % (SHAPES * vocabSize) < vocabSize);

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
      return (await inner.step(markedRows, stepOptions)).map(ofVocabulary);
    },
    close: () => inner.close(),
  };
}
