import type { DecodeOptions, EncodeOptions, SpecialTokenIds, TextSegment, Tokenizer } from "@palaver/core";
import { skipTest, TextStream } from "./decode/text-stream.ts";
import type { TokenText } from "./decode/token-text.ts";
import { encodingPieces } from "./encode/encoding-pieces.ts";
import { Pipeline, type PipelineParts } from "./encode/pipeline.ts";
import { sourceText } from "./encode/source-text.ts";
import type { TokenSink } from "./encode/token-sink.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** Everything that a tokenizer is made of; the loaders fill it in. */
export interface TokenizerParts extends PipelineParts {
  readonly vocabulary: Vocabulary;
  readonly tokenText: TokenText;
  readonly special: SpecialTokenIds;
  /** The id that the model gives for text it does not know: text can become it, so it is no control token. */
  readonly emittedUnknownId?: number | undefined;
}

/** Puts the parts together. */
export function createTokenizer(parts: TokenizerParts): Tokenizer {
  const { vocabulary, added, tokenText, special, emittedUnknownId } = parts;
  const pipeline = new Pipeline(parts);
  const contents = new Map(added.map((token) => [token.id, token.content]));
  const idsByContent = new Map(added.map((token) => [token.content, token.id]));
  const vocabSize = added.reduce((size, token) => Math.max(size, token.id + 1), vocabulary.size);
  const specialIds = new Set(added.filter((token) => token.special).map((token) => token.id));

  const isUsed = (id: number): boolean => vocabulary.has(id) || contents.has(id);
  const isControl = (id: number): boolean => specialIds.has(id) && id !== emittedUnknownId;
  const idToToken = (id: number): string | undefined => contents.get(id) ?? vocabulary.token(id);
  const text: TokenText = {
    leadingSpaces: tokenText.leadingSpaces,
    bytes: (id, isFirst) => (isUsed(id) ? tokenText.bytes(id, isFirst) : none),
  };
  const run = (input: string | readonly TextSegment[], options: EncodeOptions = {}, withPlaces = false): TokenSink =>
    pipeline.run(sourceText(input), options.addSpecialTokens ?? false, withPlaces);
  const stream = (options?: DecodeOptions): TextStream =>
    new TextStream(
      text,
      skipTest((id) => specialIds.has(id), options),
    );

  return {
    vocabSize,
    special,
    encode: (input, options) => run(input, options).ids,
    encodeWithOffsets: (input, options) => {
      const { ids, places = [] } = run(input, options, true);
      return { ids, offsets: Uint32Array.from(places, (place) => place >>> 2) };
    },
    pieces: (input, options) => {
      const source = sourceText(input);
      const sink = pipeline.run(source, options?.addSpecialTokens ?? false, true);
      return encodingPieces(source.text, sink, (id) => idToToken(id) ?? "");
    },
    countTokens: (input, options) => run(input, options).ids.length,
    decode: (ids, options) => stream(options).all(ids),
    decodeStream: (options) => stream(options),
    tokenToId: (token) => idsByContent.get(token) ?? vocabulary.id(token),
    idToToken,
    tokenBytes: (id) => (isControl(id) ? none : text.bytes(id, false).slice()),
    isControl,
  };
}

// --- internal ---

const none = new Uint8Array();
