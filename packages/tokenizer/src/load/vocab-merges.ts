/** vocab.json and merges.txt: byte-level BPE whose other parts follow from the class in tokenizer_config.json. */
import type { Tokenizer } from "@palaver/core";
import { createTokenizer } from "../create-tokenizer.ts";
import { byteLevelText } from "../decode/byte-level-text.ts";
import type { AddedToken } from "../encode/added-tokens.ts";
import { ByteBpe } from "../model/byte-bpe.ts";
import type { Normalizer } from "../normalize/normalizer.ts";
import { unicodeForm } from "../normalize/unicode-form.ts";
import { patterns } from "../split/known-patterns.ts";
import { patternSplitter } from "../split/pattern-splitter.ts";
import type { Stage } from "../split/pre-tokenizer.ts";
import { Vocabulary } from "../vocabulary.ts";
import { MergeReader, readMergeLines, readVocabObject } from "./bpe-files.ts";
import { JsonCursor } from "./json-cursor.ts";
import { prefixSpaceStage } from "./pre-tokenizer-json.ts";
import { specialIds, type TokenizerConfig } from "./tokenizer-config.ts";

/** Reads a vocabulary and its merges. @throws ERR_FORMAT, ERR_LIMIT */
export function tokenizerFromVocabMerges(vocab: Uint8Array, merges: Uint8Array, config: TokenizerConfig): Tokenizer {
  const vocabulary = new Vocabulary({ byteLevel: true });
  vocabulary.reserve(vocab.length >> 4, vocab.length >> 1);
  readVocabObject(new JsonCursor(vocab, "vocab.json"), vocabulary);
  const added = withNamed(config, vocabulary);
  const hidden = added.filter((token) => token.special);
  vocabulary.hide(hidden.map((token) => token.id));
  const names = new Set(hidden.map((token) => token.content));
  const reader = new MergeReader(vocabulary, names, "merges.txt", vocabulary.size);
  readMergeLines(merges, reader);

  const contents = new Map(added.map((token) => [token.id, token.content]));
  const ids = new Map(added.map((token) => [token.content, token.id]));
  const idOf = (token: string): number | undefined => ids.get(token) ?? vocabulary.id(token);
  const special = specialIds(config.roles, idOf);
  const family = familyOf(config);
  const stages: Stage[] = config.addPrefixSpace ? [prefixSpaceStage] : [];
  stages.push({ kind: "split", split: patternSplitter(family.pattern) });
  return createTokenizer({
    vocabulary,
    added,
    normalizer: family.normalizer,
    stages,
    model: new ByteBpe(vocabulary, reader.table),
    prefix: config.addBos && special.bos !== undefined ? [special.bos] : [],
    suffix: config.addEos && special.eos !== undefined ? [special.eos] : [],
    tokenText: byteLevelText(vocabulary, contents),
    special,
  });
}

// --- internal ---

interface Family {
  readonly pattern: string;
  readonly normalizer: Normalizer | undefined;
}

/** Qwen's slow tokenizer composes and splits by its own pattern; all others in this form follow GPT-2. */
function familyOf({ className }: TokenizerConfig): Family {
  if (/^Qwen2/.test(className ?? "")) return { pattern: patterns.qwen2, normalizer: unicodeForm("NFC") };
  return { pattern: patterns.gpt2, normalizer: undefined };
}

/** The added tokens, with those that are named for a purpose and have an id in the vocabulary. */
function withNamed(config: TokenizerConfig, vocabulary: Vocabulary): AddedToken[] {
  const byContent = new Map(config.added.map((token) => [token.content, token]));
  for (const content of config.named) {
    const known = byContent.get(content);
    const id = known?.id ?? vocabulary.id(content);
    if (id === undefined) continue;
    const plain = { id, content, normalized: false, stripLeft: false, stripRight: false, singleWord: false };
    byContent.set(content, { ...plain, ...known, special: true });
  }
  return [...byContent.values()];
}
