/**
 * Training of byte-level byte pair encoding: of all adjacent pairs in the pieces of the texts, the commonest becomes a
 * token, until the vocabulary is full. Equal counts go to the pair with the smaller ids, so the same texts in any order
 * give the same tokenizer. Source: Sennrich, Haddow, Birch, https://arxiv.org/abs/1508.07909; the order of ties is that of
 * the Hugging Face tokenizers library.
 */
import { PalaverError } from "@palaver/core";
import { byteToChar } from "../byte-alphabet.ts";
import { limits } from "../limits.ts";
import { patterns } from "../split/known-patterns.ts";
import { patternSplitter } from "../split/pattern-splitter.ts";
import { countPieces } from "./count-pieces.ts";
import { createPairTable, type Pair } from "./pair-table.ts";
import { type TrainedTokenizer, trainedTokenizer } from "./trained-tokenizer.ts";

export interface TrainBpeOptions {
  /**
   * Ids of the tokenizer, control tokens included: at least 256 more than there are of those. Fewer come out where no
   * pair is common enough.
   */
  readonly vocabSize: number;
  /** Control tokens, in the order of their ids, which follow those of all other tokens. Default: none. */
  readonly specialTokens?: readonly string[] | undefined;
  /** A control token that stands in front of a text when asked to add special tokens. Default: none. */
  readonly beginToken?: string | undefined;
  /**
   * Cuts texts into pieces that no token reaches across, a regular expression as tokenizer.json writes it. Default:
   * that of Qwen 2, which takes letters with a space in front, and digits one by one.
   */
  readonly splitPattern?: string | undefined;
  /** How often a pair must be there to become a token. Default: 2. */
  readonly minCount?: number | undefined;
}

/**
 * Learns a vocabulary from texts and gives it as the object of a tokenizer.json: `JSON.stringify` it and load it with
 * `loadTokenizer` or any other reader of that form. Nothing is normalized: every text decodes to itself.
 * @throws ERR_INVALID_ARGUMENT, ERR_UNSUPPORTED or ERR_FORMAT for the pattern
 */
export function trainBpe(texts: Iterable<string>, options: TrainBpeOptions): TrainedTokenizer {
  const { specialTokens = [], splitPattern = patterns.qwen2, minCount = 2 } = options;
  check({ ...options, specialTokens, minCount });
  const pieces = countPieces(texts, patternSplitter(splitPattern));
  const vocab = new Map(alphabet.map((char, id) => [char, id]));
  const spelled = [...alphabet];
  const table = createPairTable(pieces, { idOf: byteId, minCount });
  const merges: [string, string][] = [];
  while (vocab.size < options.vocabSize - specialTokens.length) {
    const pair = table.commonest();
    if (pair === undefined) break;
    const [left, right] = spelledPair(spelled, pair);
    // Two pairs can spell the same token, "ab" "c" and "a" "bc": both merges lead to the one id.
    const known = vocab.get(left + right);
    const id = known ?? spelled.length;
    if (known === undefined) {
      vocab.set(left + right, id);
      spelled.push(left + right);
    }
    merges.push([left, right]);
    table.merge(pair, id);
  }
  return trainedTokenizer({ vocab, merges, specialTokens, splitPattern, beginToken: options.beginToken });
}

// --- internal ---

/** The characters that spell bytes, in the order of GPT-2's ids. */
const alphabet = [...byteToChar].sort((a, b) => a - b).map((code) => String.fromCharCode(code));

const idOfChar = new Map(alphabet.map((char, id) => [char.charCodeAt(0), id]));
const idOfByte = Int32Array.from(byteToChar, (char) => idOfChar.get(char) ?? -1);

function byteId(byte: number): number {
  return idOfByte[byte]!;
}

function spelledPair(spelled: readonly string[], [left, right]: Pair): [string, string] {
  return [spelled[left]!, spelled[right]!];
}

type Checked = TrainBpeOptions & Required<Pick<TrainBpeOptions, "vocabSize">> & { readonly minCount: number };

function check({ vocabSize, specialTokens = [], beginToken, minCount }: Checked): void {
  const least = alphabet.length + specialTokens.length;
  if (!Number.isInteger(vocabSize) || vocabSize < least || vocabSize > limits.vocabularySize) {
    throw invalid(`vocabSize must be an integer from ${least} to ${limits.vocabularySize}, got ${vocabSize}`);
  }
  if (!Number.isInteger(minCount) || minCount < 1) throw invalid(`minCount must be 1 or more, got ${minCount}`);
  const seen = new Set<string>();
  for (const token of specialTokens) {
    if (token === "" || seen.has(token))
      throw invalid(`specialTokens has ${JSON.stringify(token)} ${token && "twice"}`);
    seen.add(token);
  }
  if (beginToken !== undefined && !seen.has(beginToken)) {
    throw invalid(`beginToken must be one of specialTokens, got ${JSON.stringify(beginToken)}`);
  }
}

function invalid(message: string): PalaverError {
  return new PalaverError("ERR_INVALID_ARGUMENT", message);
}
