/** A tokenizer from the files of a model folder. */
import { PalaverError, type Tokenizer } from "@palaver/core";
import { limits } from "../limits.ts";
import { unicodeForm } from "../normalize/unicode-form.ts";
import { patterns } from "../split/known-patterns.ts";
import { type JsonField, parseJsonFile } from "./json-field.ts";
import { tokenizerFromSentencePiece } from "./sentencepiece-model.ts";
import { looksLikeRanks, tokenizerFromRanks } from "./tiktoken.ts";
import { readTokenizerConfig, specialIds, type TokenizerConfig } from "./tokenizer-config.ts";
import { tokenizerFromJson } from "./tokenizer-json.ts";
import { tokenizerFromVocabMerges } from "./vocab-merges.ts";

/** The files that `loadTokenizer` looks for, with their bytes or text. Others are ignored. */
export interface TokenizerFiles {
  readonly "tokenizer.json"?: Uint8Array | string;
  readonly "vocab.json"?: Uint8Array | string;
  readonly "merges.txt"?: Uint8Array | string;
  /** SentencePiece, or the ranks of tiktoken (Llama 3 calls them so). */
  readonly "tokenizer.model"?: Uint8Array | string;
  /** The ranks of tiktoken. */
  readonly "tiktoken.model"?: Uint8Array | string;
  readonly "tokenizer_config.json"?: Uint8Array | string;
  readonly "special_tokens_map.json"?: Uint8Array | string;
  readonly "added_tokens.json"?: Uint8Array | string;
}

/**
 * Makes a tokenizer of the files that are there. Of several vocabularies the first counts: tokenizer.json, vocab.json
 * with merges.txt, tokenizer.model, tiktoken.model.
 *
 * @throws ERR_NOT_FOUND without a vocabulary, ERR_FORMAT (details: path) for a malformed file, ERR_UNSUPPORTED,
 * ERR_LIMIT
 */
export function loadTokenizer(files: TokenizerFiles): Tokenizer {
  const config = readConfig(files);
  const json = bytesOf(files, "tokenizer.json");
  if (json !== undefined) return tokenizerFromJson(json, config);
  const vocab = bytesOf(files, "vocab.json");
  const merges = bytesOf(files, "merges.txt");
  if (vocab !== undefined && merges !== undefined) return tokenizerFromVocabMerges(vocab, merges, config);
  for (const name of ["tokenizer.model", "tiktoken.model"] as const) {
    const bytes = bytesOf(files, name);
    if (bytes === undefined) continue;
    return looksLikeRanks(bytes) ? fromRanks(bytes, config, name) : tokenizerFromSentencePiece(bytes, config, name);
  }
  throw new PalaverError(
    "ERR_NOT_FOUND",
    "no vocabulary among the files: one of tokenizer.json, vocab.json with merges.txt, tokenizer.model and tiktoken.model is needed",
    { details: { files: Object.keys(files) } },
  );
}

// --- internal ---

/** Ranks alone say nothing of the pattern: Qwen's first tokenizer has its own, the others are Llama 3's. */
function fromRanks(ranks: Uint8Array, config: TokenizerConfig, path: string): Tokenizer {
  const isQwen = /^qwen/i.test(config.className ?? "");
  const added = config.added.map((token) => ({ ...token, special: token.special || config.named.has(token.content) }));
  const ids = new Map(added.map((token) => [token.content, token.id]));
  const special = specialIds(config.roles, (token) => ids.get(token));
  return tokenizerFromRanks(ranks, {
    pattern: isQwen ? patterns.qwen2 : patterns.cl100k,
    normalizer: isQwen ? unicodeForm("NFC") : undefined,
    added,
    special,
    prefix: (config.addBos ?? !isQwen) && special.bos !== undefined ? [special.bos] : [],
    suffix: config.addEos && special.eos !== undefined ? [special.eos] : [],
    path,
  });
}

function readConfig(files: TokenizerFiles): TokenizerConfig {
  return readTokenizerConfig({
    config: jsonOf(files, "tokenizer_config.json"),
    specialTokensMap: jsonOf(files, "special_tokens_map.json"),
    addedTokens: jsonOf(files, "added_tokens.json"),
  });
}

function bytesOf(files: TokenizerFiles, name: keyof TokenizerFiles): Uint8Array | undefined {
  const content = files[name];
  if (content === undefined) return undefined;
  const size = content.length;
  if (size > limits.fileBytes) {
    throw new PalaverError("ERR_LIMIT", `${name} has ${size} bytes, the limit is ${limits.fileBytes}`, {
      details: { path: name, limit: "fileBytes" },
    });
  }
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  // Some editors put a byte order mark in front of JSON.
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function jsonOf(files: TokenizerFiles, name: keyof TokenizerFiles): JsonField | undefined {
  const bytes = bytesOf(files, name);
  return bytes === undefined ? undefined : parseJsonFile(new TextDecoder().decode(bytes), name);
}
