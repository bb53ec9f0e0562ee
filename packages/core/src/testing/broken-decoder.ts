import type { Decoder, DecoderRow } from "../decoder.ts";

/**
 * A decoder whose model breaks in some rows: all logits of a row for which `logitOf` gives a number are that number, `NaN`
 * or infinite as broken weights and overflows give it. The other rows of the step stay as they are.
 */
export function brokenDecoder(decoder: Decoder, logitOf: (row: DecoderRow) => number | undefined): Decoder {
  return {
    vocabSize: decoder.vocabSize,
    contextTokens: decoder.contextTokens,
    info: decoder.info,
    createCache: (options) => decoder.createCache(options),
    async step(rows, options) {
      const broken = rows.map(logitOf); // now: the step makes the caches longer
      const logits = await decoder.step(rows, options);
      return logits.map((values, i) =>
        broken[i] === undefined ? values : new Float32Array(values.length).fill(broken[i]),
      );
    },
    close: () => decoder.close(),
  };
}
