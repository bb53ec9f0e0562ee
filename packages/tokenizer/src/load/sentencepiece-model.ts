/** SentencePiece's .model file: a protobuf message, `ModelProto` of sentencepiece_model.proto. */
import { PalaverError, type Tokenizer } from "@palaver/core";
import { limits } from "../limits.ts";
import { parseCharsmap } from "../normalize/precompiled.ts";
import { sentencePieceNormalizer } from "../normalize/sentencepiece.ts";
import { ProtoReader } from "./proto-reader.ts";
import { pieceType, tokenizerFromSpec } from "./sentencepiece-spec.ts";
import { specialIds, type TokenizerConfig } from "./tokenizer-config.ts";

/** Reads a .model with the small files beside it. @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_LIMIT */
export function tokenizerFromSentencePiece(bytes: Uint8Array, config: TokenizerConfig, path: string): Tokenizer {
  const model = readModel(new ProtoReader(bytes, path));
  const { tokens, trainer, normalizer } = model;
  const ids = new Map(tokens.map((token, id) => [token, id]));
  for (const token of config.added) ids.set(token.content, token.id);
  const named = specialIds(config.roles, (token) => ids.get(token));
  const declared = { unk: trainer.unknownId, bos: trainer.bosId, eos: trainer.eosId, pad: trainer.padId };
  const used = Object.fromEntries(Object.entries(declared).filter(([, id]) => id >= 0 && id < tokens.length));
  const special = { ...used, ...named };
  const isBpe = trainer.modelType === 2;
  const addBos = config.addBos ?? isBpe;
  const addEos = config.addEos ?? !isBpe;
  // The reference's converters put the space in front of every part between control tokens, unless told otherwise.
  const isFirstOnly = config.legacy === false;
  return tokenizerFromSpec({
    tokens,
    scores: model.scores,
    types: model.types,
    kind: isBpe ? "bpe" : "unigram",
    normalizer: sentencePieceNormalizer({
      charsmap: normalizer.charsmap.length > 0 ? parseCharsmap(normalizer.charsmap, path) : undefined,
      removeExtraSpaces: normalizer.removeExtraSpaces,
      dummyPrefix: normalizer.addDummyPrefix && !isFirstOnly,
      escapeSpaces: normalizer.escapeSpaces,
    }),
    prefixesFirst: normalizer.addDummyPrefix && isFirstOnly,
    leadingSpaces: normalizer.addDummyPrefix ? 1 : 0,
    escapeSpaces: normalizer.escapeSpaces,
    unknownId: special.unk,
    special,
    prefix: addBos && special.bos !== undefined ? [special.bos] : [],
    suffix: addEos && special.eos !== undefined ? [special.eos] : [],
    added: config.added.map((token) => ({ ...token, special: token.special || config.named.has(token.content) })),
    path,
  });
}

// --- internal ---

interface ModelProto {
  readonly tokens: string[];
  readonly scores: number[];
  readonly types: number[];
  trainer: TrainerSpec;
  normalizer: NormalizerSpec;
}

interface TrainerSpec {
  /** 1 unigram, 2 BPE, 3 words, 4 characters. */
  modelType: number;
  unknownId: number;
  bosId: number;
  eosId: number;
  padId: number;
}

interface NormalizerSpec {
  charsmap: Uint8Array;
  addDummyPrefix: boolean;
  removeExtraSpaces: boolean;
  escapeSpaces: boolean;
}

function readModel(reader: ProtoReader): ModelProto {
  const model: ModelProto = {
    tokens: [],
    scores: [],
    types: [],
    trainer: { modelType: 1, unknownId: 0, bosId: 1, eosId: 2, padId: -1 },
    normalizer: { charsmap: new Uint8Array(), addDummyPrefix: true, removeExtraSpaces: true, escapeSpaces: true },
  };
  while (reader.next()) {
    if (reader.field === 1) readPiece(reader.message(), model);
    else if (reader.field === 2) readTrainer(reader.message(), model.trainer);
    else if (reader.field === 3) readNormalizer(reader.message(), model.normalizer);
    else reader.skip();
    if (model.tokens.length > limits.vocabularySize) {
      throw new PalaverError("ERR_LIMIT", `${reader.path} has more than ${limits.vocabularySize} pieces`, {
        details: { path: reader.path, limit: "vocabularySize" },
      });
    }
  }
  if (model.tokens.length === 0) reader.fail("no pieces");
  if (model.trainer.modelType !== 1 && model.trainer.modelType !== 2) {
    throw new PalaverError(
      "ERR_UNSUPPORTED",
      `${reader.path}: model type ${model.trainer.modelType} is not supported`,
      {
        details: { path: reader.path },
      },
    );
  }
  return model;
}

function readPiece(reader: ProtoReader, model: ModelProto): void {
  let token = "";
  let score = 0;
  let type: number = pieceType.normal;
  while (reader.next()) {
    if (reader.field === 1) token = reader.text();
    else if (reader.field === 2) score = reader.float();
    else if (reader.field === 3) type = reader.varint();
    else reader.skip();
  }
  model.tokens.push(token);
  model.scores.push(score);
  model.types.push(type);
}

function readTrainer(reader: ProtoReader, trainer: TrainerSpec): void {
  while (reader.next()) {
    if (reader.field === 3) trainer.modelType = reader.varint();
    else if (reader.field === 40) trainer.unknownId = reader.varint();
    else if (reader.field === 41) trainer.bosId = reader.varint();
    else if (reader.field === 42) trainer.eosId = reader.varint();
    else if (reader.field === 43) trainer.padId = reader.varint();
    else if (reader.field === 24 && reader.varint() === 1) {
      throw new PalaverError("ERR_UNSUPPORTED", `${reader.path}: spaces at the end of words are not supported`, {
        details: { path: reader.path },
      });
    } else reader.skip();
  }
}

function readNormalizer(reader: ProtoReader, normalizer: NormalizerSpec): void {
  while (reader.next()) {
    if (reader.field === 2) normalizer.charsmap = reader.bytes();
    else if (reader.field === 3) normalizer.addDummyPrefix = reader.varint() !== 0;
    else if (reader.field === 4) normalizer.removeExtraSpaces = reader.varint() !== 0;
    else if (reader.field === 5) normalizer.escapeSpaces = reader.varint() !== 0;
    else reader.skip();
  }
}
