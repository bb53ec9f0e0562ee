/** A tokenizer from the files of a model folder. */
import { PalaverError, type Tokenizer } from "@palaver/core";
import { limits } from "../limits.ts";
import { type JsonField, parseJsonFile } from "./json-field.ts";
import { readTokenizerConfig, type TokenizerConfig } from "./tokenizer-config.ts";
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
  throw new PalaverError(
    "ERR_NOT_FOUND",
    "no vocabulary among the files: one of tokenizer.json, vocab.json with merges.txt, tokenizer.model and tiktoken.model is needed",
    { details: { files: Object.keys(files) } },
  );
}

// --- internal ---

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
