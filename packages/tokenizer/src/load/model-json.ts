/** The `model` of tokenizer.json. */
import type { AddedToken } from "../encode/added-tokens.ts";
import { limits } from "../limits.ts";
import { ByteBpe } from "../model/byte-bpe.ts";
import { byteFallbackIds } from "../model/byte-fallback.ts";
import { CharBpe } from "../model/char-bpe.ts";
import type { Model } from "../model/model.ts";
import { Unigram } from "../model/unigram.ts";
import { wordLevel } from "../model/word-level.ts";
import { WordPiece } from "../model/word-piece.ts";
import type { Vocabulary } from "../vocabulary.ts";
import { MergeReader, readMergeList, readVocabObject } from "./bpe-files.ts";
import type { HeavyJson } from "./heavy-json.ts";
import type { JsonField } from "./json-field.ts";

/** A model, and the id that it gives for text it does not know. */
export interface ModelPlan {
  readonly model: Model;
  readonly emittedUnknownId: number | undefined;
}

/** Reads the model and fills `vocabulary`. `hidden`: the control tokens. @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_LIMIT */
export function readModel(
  heavy: HeavyJson,
  type: string,
  vocabulary: Vocabulary,
  hidden: readonly AddedToken[],
): ModelPlan {
  const field = heavy.root.get("model");
  if (heavy.vocab === undefined) return field.get("vocab").fail("the vocabulary");
  // A token takes some 16 bytes of JSON; a guess too low only costs a few growths.
  vocabulary.reserve(heavy.vocabBytes >> 4, heavy.vocabBytes >> 1);
  switch (type) {
    case "BPE":
      return readBpe(heavy, vocabulary, hidden);
    case "Unigram":
      return readUnigram(heavy, vocabulary, hidden);
    case "WordPiece": {
      readVocabObject(heavy.vocab, vocabulary);
      vocabulary.hide(ids(hidden));
      const unknownId = unknownOf(field, vocabulary) ?? field.get("unk_token").fail("a token of the vocabulary");
      const controls = new Set(ids(hidden));
      const model = new WordPiece(vocabulary, {
        unknownId,
        prefix: field.get("continuing_subword_prefix").string("##"),
        longestWord: field.get("max_input_chars_per_word").index(limits.fileBytes, 100),
        isUsed: (id) => !controls.has(id),
      });
      return { model, emittedUnknownId: unknownId };
    }
    case "WordLevel": {
      readVocabObject(heavy.vocab, vocabulary);
      vocabulary.hide(ids(hidden));
      const unknownId = unknownOf(field, vocabulary);
      return { model: wordLevel(vocabulary, unknownId), emittedUnknownId: unknownId };
    }
    default:
      return field.get("type").unsupported(`model ${type}`);
  }
}

// --- internal ---

function ids(tokens: readonly AddedToken[]): number[] {
  return tokens.map((token) => token.id);
}

function unknownOf(field: JsonField, vocabulary: Vocabulary): number | undefined {
  const token = field.get("unk_token");
  return token.absent ? undefined : vocabulary.id(token.string());
}

function readBpe(heavy: HeavyJson, vocabulary: Vocabulary, hidden: readonly AddedToken[]): ModelPlan {
  const field = heavy.root.get("model");
  if (heavy.merges === undefined) return field.get("merges").fail("a list of merges");
  for (const name of ["continuing_subword_prefix", "end_of_word_suffix"]) {
    if (field.get(name).string("") !== "") field.get(name).unsupported("marking the parts of words");
  }
  readVocabObject(heavy.vocab!, vocabulary);
  vocabulary.hide(ids(hidden));
  const names = new Set(hidden.map((token) => token.content));
  const reader = new MergeReader(vocabulary, names, heavy.merges.file, vocabulary.size);
  readMergeList(heavy.merges, reader);
  const unknownId = unknownOf(field, vocabulary);
  const options = {
    ignoreMerges: field.get("ignore_merges").boolean(false),
    fuseUnknown: field.get("fuse_unk").boolean(false),
    unknownId,
  };
  if (vocabulary.byteLevel) {
    const hasAllBytes = Array.from({ length: 256 }, (_, byte) => byte).every(
      (byte) => vocabulary.find(Uint8Array.of(byte), 0, 1) >= 0,
    );
    const model = new ByteBpe(vocabulary, reader.table, options);
    return { model, emittedUnknownId: hasAllBytes ? undefined : unknownId };
  }
  const byteFallback = field.get("byte_fallback").boolean(false);
  const coversAll = byteFallback && byteFallbackIds(vocabulary) !== undefined;
  const model = new CharBpe(vocabulary, reader.table, { ...options, byteFallback });
  return { model, emittedUnknownId: coversAll ? undefined : unknownId };
}

/** `[["token", score], ...]`: the place in the list is the id. */
function readUnigram(heavy: HeavyJson, vocabulary: Vocabulary, hidden: readonly AddedToken[]): ModelPlan {
  const cursor = heavy.vocab!;
  const scores: number[] = [];
  cursor.expect(0x5b);
  for (let first = true; cursor.more(0x5d, first); first = false) {
    cursor.expect(0x5b);
    cursor.string();
    vocabulary.add(scores.length, cursor.source, cursor.from, cursor.to);
    cursor.expect(0x2c);
    scores.push(cursor.number());
    cursor.expect(0x5d);
  }
  vocabulary.hide(ids(hidden));
  const field = heavy.root.get("model");
  const unknown = field.get("unk_id");
  const unknownId = unknown.absent ? undefined : unknown.index(vocabulary.size - 1);
  const byteFallback = field.get("byte_fallback").boolean(false);
  const coversAll = byteFallback && byteFallbackIds(vocabulary) !== undefined;
  const controls = new Set(ids(hidden));
  const model = new Unigram(vocabulary, {
    unknownId,
    byteFallback,
    scores: (id) => (controls.has(id) ? undefined : scores[id]),
    // Control tokens take no part in cutting, but their scores count for that of unknown characters.
    leastScore: scores.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY),
  });
  return { model, emittedUnknownId: coversAll ? undefined : unknownId };
}
