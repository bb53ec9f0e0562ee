import { readFileSync } from "node:fs";
import { describeSharedData } from "@palaver/test-data";
import { describe, expect, test } from "vitest";
import { fimStopIds, findFim } from "./find-fim.ts";

const vocabularyOf = (tokens: readonly string[]) => ({
  tokenToId: (token: string) => (tokens.includes(token) ? 1000 + tokens.indexOf(token) : undefined),
  special: {},
});

const qwen = ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>"];

describe("findFim", () => {
  test("finds nothing in a vocabulary that lacks one marker", () => {
    expect(findFim(vocabularyOf(["<fim_prefix>", "<fim_suffix>"]))).toBeUndefined();
  });

  test("gives the stop tokens that the vocabulary has, and its end of text", () => {
    const tokenizer = { ...vocabularyOf([...qwen, "<|endoftext|>"]), special: { eos: 7 } };

    expect(fimStopIds(findFim(tokenizer)!, tokenizer)).toEqual([1006, 1003, 1004, 1005, 7]);
  });
});

describeSharedData(
  "fill in the middle with published vocabularies",
  [
    "gguf-vocab/ggml-vocab-deepseek-coder.gguf",
    "gguf-vocab/ggml-vocab-phi-3.gguf",
    "tokenizers/qwen2.5-0.5b-instruct/tokenizer_config.json",
    "tokenizers/smollm2-135m/tokenizer_config.json",
    "tokenizers/mistral/mistral_instruct_tokenizer_240323.model.v3",
  ],
  (deepseekCoder = "", phi = "", qwenConfig = "", smollm = "", mistral = "") => {
    const inFile = (path: string, headerOf: (length: number) => Buffer) => {
      const bytes = readFileSync(path);
      const has = (token: string) =>
        bytes.includes(Buffer.concat([headerOf(Buffer.byteLength(token)), Buffer.from(token)]));
      return { tokenToId: (token: string) => (has(token) ? 1 : undefined), special: {} };
    };
    // A GGUF string is its length in 8 bytes and its UTF-8; a SentencePiece piece is field 1, its length and its UTF-8.
    const gguf = (length: number) => Buffer.of(length, 0, 0, 0, 0, 0, 0, 0);
    const piece = (length: number) => Buffer.of(0x0a, length);
    const added = (path: string) => {
      const { added_tokens_decoder: tokens } = JSON.parse(readFileSync(path, "utf8"));
      return vocabularyOf(Object.values<{ content: string }>(tokens).map(({ content }) => content));
    };

    test("knows DeepSeek Coder, Qwen 2.5 and the family of Codestral by their tokens", () => {
      const vocabularies = [inFile(deepseekCoder, gguf), added(qwenConfig), inFile(mistral, piece)];

      expect(vocabularies.map((v) => findFim(v)?.name)).toEqual(["deepseek-coder", "qwen-coder", "codestral"]);
    });

    test("finds nothing in models that cannot fill in the middle", () => {
      expect([inFile(phi, gguf), added(smollm)].map(findFim)).toEqual([undefined, undefined]);
    });
  },
);
