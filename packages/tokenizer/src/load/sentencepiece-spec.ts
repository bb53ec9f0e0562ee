/** What a SentencePiece vocabulary says, from a .model file or from GGUF, and the tokenizer that follows from it. */
import { PalaverError, type SpecialTokenIds, type Tokenizer } from "@palaver/core";
import { createTokenizer } from "../create-tokenizer.ts";
import { stepText } from "../decode/step-text.ts";
import type { AddedToken } from "../encode/added-tokens.ts";
import { byteFallbackIds } from "../model/byte-fallback.ts";
import { CharBpe } from "../model/char-bpe.ts";
import { deriveMerges } from "../model/derive-merges.ts";
import type { Model } from "../model/model.ts";
import { Unigram } from "../model/unigram.ts";
import type { Normalizer } from "../normalize/normalizer.ts";
import { metaspaceStages } from "../split/metaspace.ts";
import { utf8Bytes } from "../utf8.ts";
import { Vocabulary } from "../vocabulary.ts";

/** What a piece is for; the numbers are those of the files. */
export const pieceType = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** A vocabulary with everything that its tokenizer needs. */
export interface SentencePieceSpec {
  readonly tokens: readonly string[];
  readonly scores: ArrayLike<number>;
  /** `pieceType` of each token. */
  readonly types: ArrayLike<number>;
  readonly kind: "bpe" | "unigram";
  readonly normalizer: Normalizer;
  /** Puts "▁" in front of the whole text, where the normalizer does not do it for every part. Default: false. */
  readonly prefixesFirst?: boolean;
  /** Spaces at the beginning of decoded text that the normalizer put there. */
  readonly leadingSpaces: number;
  /** Spaces are spelled "▁". */
  readonly escapeSpaces: boolean;
  readonly unknownId: number | undefined;
  readonly special: SpecialTokenIds;
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
  /** Control tokens take the white space behind them, but for these. Default: none does. */
  readonly stripRightBut?: ReadonlySet<string> | undefined;
  /** Added tokens from files beside the vocabulary. Default: none. */
  readonly added?: readonly AddedToken[];
  /** The file, for messages. */
  readonly path: string;
}

/** Makes the tokenizer. @throws ERR_FORMAT, ERR_LIMIT */
export function tokenizerFromSpec(spec: SentencePieceSpec): Tokenizer {
  const { tokens, types, unknownId } = spec;
  const vocabulary = new Vocabulary();
  vocabulary.reserve(tokens.length, 8 * tokens.length);
  for (const [id, token] of tokens.entries()) vocabulary.add(id, utf8Bytes(token));
  const added = addedTokens(spec, vocabulary);
  const controls = added.filter((token) => token.special).map((token) => token.id);
  const isHidden = new Uint8Array(vocabulary.size);
  for (const id of controls) if (id < isHidden.length) isHidden[id] = 1;
  for (let id = 0; id < types.length; id++) if (types[id] === pieceType.byte) isHidden[id] = 1;
  vocabulary.hide(idsWhere(isHidden));
  const byteFallback = byteFallbackIds(vocabulary) !== undefined;
  const model = spec.kind === "bpe" ? bpe(spec, vocabulary, isHidden) : unigram(spec, vocabulary, isHidden);
  const contents = new Map(added.map((token) => [token.id, token.content]));
  return createTokenizer({
    vocabulary,
    added,
    normalizer: spec.normalizer,
    stages: spec.prefixesFirst ? metaspaceStages({ replacement: "▁", scheme: "first", split: false }) : [],
    model,
    prefix: spec.prefix,
    suffix: spec.suffix,
    tokenText: stepText((id) => contents.get(id) ?? vocabulary.token(id), {
      steps: spec.escapeSpaces ? [(token) => token.replaceAll("▁", " ")] : [],
      byteStep: 0,
      leadingSpaces: spec.leadingSpaces,
    }),
    special: spec.special,
    emittedUnknownId: byteFallback ? undefined : unknownId,
  });
}

// --- internal ---

function idsWhere(flags: Uint8Array): number[] {
  const ids: number[] = [];
  for (const [id, flag] of flags.entries()) if (flag === 1) ids.push(id);
  return ids;
}

/** Control and unknown pieces become control tokens, user-defined ones plain added tokens. */
function addedTokens(
  { tokens, types, stripRightBut, added = [] }: SentencePieceSpec,
  vocabulary: Vocabulary,
): AddedToken[] {
  const byId = new Map<number, AddedToken>();
  for (const [id, content] of tokens.entries()) {
    const special = types[id] === pieceType.control || types[id] === pieceType.unknown;
    if (content === "" || !(special || types[id] === pieceType.userDefined)) continue;
    const stripRight = stripRightBut !== undefined && !stripRightBut.has(content);
    byId.set(id, { id, content, special, normalized: false, stripLeft: false, stripRight, singleWord: false });
  }
  for (const token of added) {
    if (token.content === "" || (vocabulary.has(token.id) && tokens[token.id] !== token.content)) continue;
    const special = token.special || (byId.get(token.id)?.special ?? false);
    byId.set(token.id, { ...token, special, normalized: false });
  }
  return [...byId.values()];
}

function bpe(spec: SentencePieceSpec, vocabulary: Vocabulary, isHidden: Uint8Array): Model {
  const { scores, unknownId } = spec;
  const ranks = ranksByScore(scores, vocabulary.size);
  const { merges, virtualChars } = deriveMerges(vocabulary, (id) => (isHidden[id] === 1 ? undefined : ranks[id]));
  return new CharBpe(vocabulary, merges, { byteFallback: true, unknownId, fuseUnknown: true, virtualChars });
}

/** The best score is rank 0; equal scores share a rank, so that the leftmost of them merges first. */
function ranksByScore(scores: ArrayLike<number>, size: number): Int32Array {
  const order = Float64Array.from({ length: size }, (_, id) => -(scores[id] ?? 0));
  const distinct = Float64Array.from(new Set(order)).sort();
  const rankOf = new Map(Array.from(distinct, (score, rank) => [score, rank]));
  return Int32Array.from(order, (score) => rankOf.get(score) ?? 0);
}

function unigram(spec: SentencePieceSpec, vocabulary: Vocabulary, isHidden: Uint8Array): Model {
  const { scores, types, unknownId, path } = spec;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < vocabulary.size; id++) {
    const score = scores[id];
    if (score === undefined || Number.isNaN(score)) {
      throw new PalaverError("ERR_FORMAT", `${path}: token ${id} has no score`, { details: { path, id } });
    }
    if (types[id] !== pieceType.normal) continue;
    least = Math.min(least, score);
    most = Math.max(most, score);
  }
  return new Unigram(vocabulary, {
    unknownId,
    byteFallback: true,
    singlePrecision: true,
    leastScore: least,
    scores: (id) => {
      if (isHidden[id] === 1) return undefined;
      // A user-defined piece wins over any way to cut it: SentencePiece gives it this bonus.
      if (types[id] === pieceType.userDefined) return (vocabulary.token(id)?.length ?? 0) * most - 0.1;
      return scores[id]!;
    },
  });
}
