/** The ranks of tiktoken: a line for each token, its bytes in base64 and its rank, which is its id. */
import { PalaverError, type SpecialTokenIds, type Tokenizer } from "@palaver/core";
import { readBase64 } from "../base64.ts";
import { createTokenizer } from "../create-tokenizer.ts";
import { byteLevelText } from "../decode/byte-level-text.ts";
import type { AddedToken } from "../encode/added-tokens.ts";
import { limits } from "../limits.ts";
import { ByteBpe } from "../model/byte-bpe.ts";
import { deriveMerges } from "../model/derive-merges.ts";
import type { Normalizer } from "../normalize/normalizer.ts";
import { patterns } from "../split/known-patterns.ts";
import { patternSplitter } from "../split/pattern-splitter.ts";
import { Vocabulary } from "../vocabulary.ts";

export interface TiktokenOptions {
  /** The split pattern. Default: that of cl100k_base and Llama 3. */
  readonly pattern?: string;
  /** Control tokens by their spelling. Default: none. */
  readonly specialTokens?: Readonly<Record<string, number>>;
  /** Spellings of the tokens with a purpose; the begin token goes in front of text with special tokens. Default: none. */
  readonly bos?: string;
  readonly eos?: string;
  readonly pad?: string;
}

/**
 * Makes a tokenizer of ranks and of what tiktoken keeps in its code: the pattern and the control tokens.
 * @throws ERR_FORMAT (details: path, line), ERR_UNSUPPORTED, ERR_LIMIT, ERR_INVALID_ARGUMENT
 */
export function tokenizerFromTiktoken(ranks: Uint8Array | string, options: TiktokenOptions = {}): Tokenizer {
  const { pattern = patterns.cl100k, specialTokens = {}, bos, eos, pad } = options;
  const added = Object.entries(specialTokens).map(([content, id]) => controlToken(content, id));
  const idOf = (name: string | undefined): number | undefined => {
    if (name === undefined) return undefined;
    if (Object.hasOwn(specialTokens, name)) return specialTokens[name];
    throw new PalaverError("ERR_INVALID_ARGUMENT", `${JSON.stringify(name)} is not among specialTokens`);
  };
  const ids = { bos: idOf(bos), eos: idOf(eos), pad: idOf(pad) };
  return tokenizerFromRanks(ranks, {
    pattern,
    added,
    normalizer: undefined,
    special: Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== undefined)),
    prefix: ids.bos === undefined ? [] : [ids.bos],
    suffix: [],
    path: "ranks",
  });
}

/** What is known beside the ranks. */
export interface RanksContext {
  readonly pattern: string;
  readonly added: readonly AddedToken[];
  readonly normalizer: Normalizer | undefined;
  readonly special: SpecialTokenIds;
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
  readonly path: string;
}

/** Makes a tokenizer of ranks. @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_LIMIT */
export function tokenizerFromRanks(ranks: Uint8Array | string, context: RanksContext): Tokenizer {
  const { pattern, added, path, normalizer, special, prefix, suffix } = context;
  const vocabulary = readRanks(typeof ranks === "string" ? new TextEncoder().encode(ranks) : ranks, path);
  vocabulary.hide(added.filter((token) => token.special).map((token) => token.id));
  const { merges } = deriveMerges(vocabulary, (id) => id);
  return createTokenizer({
    vocabulary,
    added,
    normalizer,
    stages: [{ kind: "split", split: patternSplitter(pattern) }],
    // tiktoken takes a piece that is a token as it is.
    model: new ByteBpe(vocabulary, merges, { ignoreMerges: true }),
    prefix,
    suffix,
    tokenText: byteLevelText(vocabulary, new Map(added.map((token) => [token.id, token.content]))),
    special,
  });
}

/** True for a file that looks like ranks: base64, a space, a number. */
export function looksLikeRanks(bytes: Uint8Array): boolean {
  const end = bytes.subarray(0, 200).indexOf(0x0a);
  const line = new TextDecoder("latin1").decode(bytes.subarray(0, end < 0 ? 200 : end));
  return /^[A-Za-z0-9+/]+=* \d+\r?$/.test(line);
}

// --- internal ---

function controlToken(content: string, id: number): AddedToken {
  if (!(Number.isInteger(id) && id >= 0 && id < limits.vocabularySize)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `the id ${id} of ${JSON.stringify(content)} is no token id`);
  }
  return { id, content, special: true, normalized: false, stripLeft: false, stripRight: false, singleWord: false };
}

function readRanks(bytes: Uint8Array, path: string): Vocabulary {
  const vocabulary = new Vocabulary({ byteLevel: true });
  vocabulary.reserve(bytes.length >> 4, bytes.length >> 1);
  const token = new Uint8Array(limits.tokenBytes + 3);
  let line = 0;
  for (let from = 0; from < bytes.length; line++) {
    let end = bytes.indexOf(0x0a, from);
    if (end < 0) end = bytes.length;
    const to = end > from && bytes[end - 1] === 0x0d ? end - 1 : end;
    if (to > from) {
      const gap = bytes.indexOf(0x20, from);
      const length = gap < 0 || gap > to ? -1 : readBase64(bytes, from, gap, token);
      const rank = length < 0 ? -1 : readRank(bytes, gap + 1, to);
      if (rank < 0) {
        throw new PalaverError("ERR_FORMAT", `${path}, line ${line + 1}: expected base64, a space and a rank`, {
          details: { path, line: line + 1 },
        });
      }
      vocabulary.addBytes(rank, token.subarray(0, length));
    }
    from = end + 1;
  }
  for (let byte = 0; byte < 256; byte++) {
    if (vocabulary.find(Uint8Array.of(byte), 0, 1) >= 0) continue;
    throw new PalaverError("ERR_FORMAT", `${path} has no rank for the byte ${byte}`, { details: { path, byte } });
  }
  return vocabulary;
}

function readRank(bytes: Uint8Array, from: number, to: number): number {
  let rank = 0;
  if (from >= to || to - from > 9) return -1;
  for (let i = from; i < to; i++) {
    const digit = bytes[i]! - 0x30;
    if (!(digit >= 0 && digit <= 9)) return -1;
    rank = 10 * rank + digit;
  }
  return rank;
}
