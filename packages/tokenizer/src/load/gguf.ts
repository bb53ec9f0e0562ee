/** The vocabulary that a GGUF file carries in its metadata. */
import { PalaverError, type SpecialTokenIds, type Tokenizer } from "@palaver/core";
import { createTokenizer } from "../create-tokenizer.ts";
import { byteLevelText } from "../decode/byte-level-text.ts";
import type { AddedToken } from "../encode/added-tokens.ts";
import { ByteBpe } from "../model/byte-bpe.ts";
import { parseCharsmap } from "../normalize/precompiled.ts";
import { sentencePieceNormalizer } from "../normalize/sentencepiece.ts";
import { patternSplitter } from "../split/pattern-splitter.ts";
import type { Stage } from "../split/pre-tokenizer.ts";
import { utf8Bytes } from "../utf8.ts";
import { Vocabulary } from "../vocabulary.ts";
import { MergeReader } from "./bpe-files.ts";
import { ggufPre } from "./gguf-pre.ts";
import { type GgufMetadataLike, GgufReader } from "./gguf-reader.ts";
import { pieceType, tokenizerFromSpec } from "./sentencepiece-spec.ts";

/**
 * Makes a tokenizer of a GGUF file's metadata: keys to values, where a value is plain or an object with a `value`.
 * Vocabularies of kind `gpt2` (byte-level BPE), `llama` (SentencePiece BPE) and `t5` (unigram) are known.
 *
 * @throws ERR_FORMAT (details: path, the key), ERR_UNSUPPORTED for another kind or pre-tokenizer, ERR_LIMIT
 */
export function tokenizerFromGguf(metadata: GgufMetadataLike): Tokenizer {
  const reader = new GgufReader(metadata);
  const kind = reader.string("tokenizer.ggml.model");
  switch (kind) {
    case "gpt2":
      return byteLevel(reader);
    case "llama":
    case "t5":
      return sentencePiece(reader, kind);
    default:
      throw new PalaverError("ERR_UNSUPPORTED", `tokenizer.ggml.model ${JSON.stringify(kind)} is not supported`, {
        details: { path: "tokenizer.ggml.model" },
      });
  }
}

// --- internal ---

function byteLevel(reader: GgufReader): Tokenizer {
  const name = reader.string("tokenizer.ggml.pre", "default");
  const pre = ggufPre(name);
  if (pre === undefined) {
    throw new PalaverError("ERR_UNSUPPORTED", `tokenizer.ggml.pre ${JSON.stringify(name)} is not known`, {
      details: { path: "tokenizer.ggml.pre" },
    });
  }
  const tokens = reader.strings("tokenizer.ggml.tokens");
  const types = typesOf(reader, tokens);
  const vocabulary = new Vocabulary({ byteLevel: true });
  vocabulary.reserve(tokens.length, 8 * tokens.length);
  for (const [id, token] of tokens.entries()) vocabulary.add(id, utf8Bytes(token));
  const added = addedTokens(tokens, types);
  const hidden = added.filter((token) => token.special);
  vocabulary.hide(hidden.map((token) => token.id));
  const names = new Set(hidden.map((token) => token.content));
  const merges = reader.strings("tokenizer.ggml.merges");
  const mergeReader = new MergeReader(vocabulary, names, "tokenizer.ggml.merges", merges.length);
  for (const merge of merges) {
    const bytes = utf8Bytes(merge);
    mergeReader.addLine(bytes, 0, bytes.length);
  }
  const special = specialIds(reader, tokens.length);
  return createTokenizer({
    vocabulary,
    added,
    normalizer: undefined,
    stages: pre.patterns.map((pattern): Stage => ({ kind: "split", split: patternSplitter(pattern) })),
    model: new ByteBpe(vocabulary, mergeReader.table, { ignoreMerges: pre.ignoreMerges }),
    ...surroundings(reader, special, pre.addBos, false),
    tokenText: byteLevelText(vocabulary, new Map(added.map((token) => [token.id, token.content]))),
    special,
  });
}

function sentencePiece(reader: GgufReader, kind: "llama" | "t5"): Tokenizer {
  const tokens = reader.strings("tokenizer.ggml.tokens");
  const types = typesOf(reader, tokens);
  const special = { ...(kind === "llama" && usualIds(types)), ...specialIds(reader, tokens.length) };
  const dummyPrefix = reader.boolean("tokenizer.ggml.add_space_prefix", true);
  const charsmap = reader.bytes("tokenizer.ggml.precompiled_charsmap");
  const isUnigram = kind === "t5";
  return tokenizerFromSpec({
    tokens,
    scores: reader.numbers("tokenizer.ggml.scores", tokens.length) ?? new Float32Array(tokens.length),
    types,
    kind: isUnigram ? "unigram" : "bpe",
    normalizer: sentencePieceNormalizer({
      charsmap: isUnigram && charsmap ? parseCharsmap(charsmap, "tokenizer.ggml.precompiled_charsmap") : undefined,
      removeExtraSpaces: isUnigram && reader.boolean("tokenizer.ggml.remove_extra_whitespaces", false),
      dummyPrefix,
      escapeSpaces: true,
    }),
    leadingSpaces: dummyPrefix ? 1 : 0,
    escapeSpaces: true,
    unknownId: special.unk,
    special,
    ...surroundings(reader, special, !isUnigram, isUnigram),
    stripRightBut: isPhi3(reader) ? new Set(["<unk>", "<s>", "<|endoftext|>"]) : undefined,
    path: "tokenizer.ggml.tokens",
  });
}

/** Phi 3's control tokens take the white space behind them. Its files do not say so; llama.cpp knows them by name. */
function isPhi3(reader: GgufReader): boolean {
  return (
    reader.string("general.architecture", "") === "phi3" ||
    /phi-?3/.test(reader.string("general.name", "").toLowerCase())
  );
}

/**
 * The types of tokens. Some converters wrote down control tokens as text that a person may type; those that end a turn
 * or a text, and those that the file names for a purpose, are control tokens here whatever it says, as in llama.cpp.
 */
function typesOf(reader: GgufReader, tokens: readonly string[]): Int32Array {
  const types = Int32Array.from(
    reader.numbers("tokenizer.ggml.token_type", tokens.length) ?? new Int32Array(tokens.length).fill(pieceType.normal),
  );
  const isText = (id: number): boolean => types[id] === pieceType.normal || types[id] === pieceType.userDefined;
  for (const [id, token] of tokens.entries()) if (endTokens.has(token) && isText(id)) types[id] = pieceType.control;
  for (const role of ["bos", "eos", "eot", "eom"]) {
    const id = reader.index(`tokenizer.ggml.${role}_token_id`, tokens.length);
    // An id left at 0 may be any token; a marker is seen by its brackets.
    if (id !== undefined && isText(id) && /^[<[|].*[>\]|]$/s.test(tokens[id]!)) types[id] = pieceType.control;
  }
  return types;
}

const endTokens: ReadonlySet<string> = new Set([
  "<|eot_id|>",
  "<|eom_id|>",
  "<|im_end|>",
  "<|im_start|>",
  "<|end|>",
  "<end_of_turn>",
  "<start_of_turn>",
  "<|endoftext|>",
  "<|end_of_text|>",
  "<|begin_of_text|>",
  "<|start_header_id|>",
  "<|end_header_id|>",
  "<|end_of_turn|>",
  "<|eot|>",
  "<\uff5cend\u2581of\u2581sentence\uff5c>",
]);

function addedTokens(tokens: readonly string[], types: ArrayLike<number>): AddedToken[] {
  const added: AddedToken[] = [];
  for (const [id, content] of tokens.entries()) {
    const type = types[id];
    const special = type === pieceType.control || type === pieceType.unknown;
    if (content === "" || !(special || type === pieceType.userDefined)) continue;
    added.push({ id, content, special, normalized: false, stripLeft: false, stripRight: false, singleWord: false });
  }
  return added;
}

function specialIds(reader: GgufReader, size: number): SpecialTokenIds {
  const ids: { bos?: number; eos?: number; unk?: number; pad?: number } = {};
  for (const [role, name] of roleNames) {
    const id = reader.index(`tokenizer.ggml.${name}_token_id`, size);
    if (id !== undefined) ids[role] = id;
  }
  return ids;
}

/** Where Llama's SentencePiece has its special tokens, and llama.cpp looks for them in a file that does not say. */
function usualIds(types: ArrayLike<number>): SpecialTokenIds {
  return {
    ...(types[0] === pieceType.unknown && { unk: 0 }),
    ...(types[1] === pieceType.control && { bos: 1 }),
    ...(types[2] === pieceType.control && { eos: 2 }),
  };
}

const roleNames = [
  ["bos", "bos"],
  ["eos", "eos"],
  ["unk", "unknown"],
  ["pad", "padding"],
] as const;

function surroundings(reader: GgufReader, special: SpecialTokenIds, addBos: boolean, addEos: boolean) {
  const hasBos = reader.boolean("tokenizer.ggml.add_bos_token", addBos) && special.bos !== undefined;
  const hasEos = reader.boolean("tokenizer.ggml.add_eos_token", addEos) && special.eos !== undefined;
  return { prefix: hasBos ? [special.bos!] : [], suffix: hasEos ? [special.eos!] : [] };
}
