import { isPalaverError } from "@palaver/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadTokenizer, type TokenizerFiles } from "./load-tokenizer.ts";

const model = { type: "BPE", vocab: { a: 0, b: 1, ab: 2, "<s>": 3 }, merges: ["a b"], unk_token: null };
const good = {
  added_tokens: [{ id: 3, content: "<s>", special: true, normalized: false }],
  normalizer: {
    type: "Sequence",
    normalizers: [{ type: "NFC" }, { type: "Replace", pattern: { Regex: "x+" }, content: "a" }],
  },
  pre_tokenizer: { type: "Split", pattern: { Regex: "a+|b" }, behavior: "Isolated", invert: false },
  post_processor: { type: "TemplateProcessing", single: ["<s>", "$A"], special_tokens: { "<s>": { ids: [3] } } },
  decoder: { type: "Fuse" },
  model,
};

test("the good file loads", () => {
  const tokenizer = loadTokenizer({ "tokenizer.json": JSON.stringify(good) });

  expect(tokenizer.encode("xb", { addSpecialTokens: true })).toEqual([3, 0, 1]);
});

describe("a malformed tokenizer.json is refused with the path of the field:", () => {
  test.each([
    ["added_tokens", "tokenizer.json: added_tokens", { added_tokens: {} }],
    ["an added token without an id", "tokenizer.json: added_tokens[0].id", { added_tokens: [{ content: "x" }] }],
    [
      "an id that is no whole number",
      "tokenizer.json: added_tokens[0].id",
      { added_tokens: [{ id: 0.5, content: "x" }] },
    ],
    ["an id without end", "tokenizer.json: added_tokens[0].id", { added_tokens: [{ id: 1e12, content: "x" }] }],
    ["content that is no text", "tokenizer.json: added_tokens[0].content", { added_tokens: [{ id: 1, content: 5 }] }],
    [
      "a flag that is no flag",
      "tokenizer.json: added_tokens[0].lstrip",
      { added_tokens: [{ id: 1, content: "x", lstrip: 1 }] },
    ],
    ["a normalizer without a type", "tokenizer.json: normalizer.type", { normalizer: {} }],
    [
      "a normalizer inside",
      "tokenizer.json: normalizer.normalizers[0].prepend",
      { normalizer: { type: "Sequence", normalizers: [{ type: "Prepend" }] } },
    ],
    [
      "a charsmap",
      "tokenizer.json: normalizer.precompiled_charsmap",
      { normalizer: { type: "Precompiled", precompiled_charsmap: "/////w==" } },
    ],
    [
      "a charsmap that is no base64",
      "tokenizer.json: normalizer.precompiled_charsmap",
      { normalizer: { type: "Precompiled", precompiled_charsmap: "?" } },
    ],
    [
      "a behaviour",
      "tokenizer.json: pre_tokenizer.behavior",
      { pre_tokenizer: { ...good.pre_tokenizer, behavior: "Sometimes" } },
    ],
    [
      "a pattern of neither kind",
      "tokenizer.json: pre_tokenizer.pattern.Regex",
      { pre_tokenizer: { ...good.pre_tokenizer, pattern: {} } },
    ],
    [
      "a template token without ids",
      "tokenizer.json: post_processor.special_tokens.<x>",
      { post_processor: { ...good.post_processor, single: ["<x>", "$A"] } },
    ],
    ["no vocabulary", "tokenizer.json: model.vocab", { model: { ...model, vocab: undefined } }],
    ["no merges", "tokenizer.json: model.merges", { model: { ...model, merges: undefined } }],
    ["an unknown unk_token type", "tokenizer.json: model.unk_token", { model: { ...model, unk_token: 5 } }],
    ["a merge of one", "tokenizer.json", { model: { ...model, merges: ["ab"] } }],
    ["a merge of three", "tokenizer.json", { model: { ...model, merges: ["a b c"] } }],
    ["a merge of unknown tokens", "tokenizer.json", { model: { ...model, merges: ["b a"] } }],
    ["a vocabulary that is a list", "tokenizer.json", { model: { ...model, vocab: ["a"] } }],
    ["a negative id", "tokenizer.json", { model: { ...model, vocab: { a: -1 } } }],
  ])("%s", (_, path, change) => {
    const code = "ERR_FORMAT";
    const expected = expect.objectContaining({ code, details: expect.objectContaining({ path }) });

    expect(() => loadTokenizer({ "tokenizer.json": JSON.stringify({ ...good, ...change }) })).toThrow(expected);
  });

  test.each([
    "",
    "{",
    "[]",
    "null",
    '{"model":{"vocab":{"a":0',
    '{"model":{}} x',
    '{"a":"\\x"}',
    "\u0000",
    '{"model":{"vocab":{"a":0,}}}',
  ])("%j", (text) => {
    expect(() => loadTokenizer({ "tokenizer.json": text })).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
  });
});

describe("what is beyond a limit is refused:", () => {
  const deep = (depth: number): object =>
    depth === 0 ? { type: "NFC" } : { type: "Sequence", normalizers: [deep(depth - 1)] };

  test.each([
    ["an id", "ERR_LIMIT", { model: { ...model, vocab: { a: 5e6 } } }],
    ["a token", "ERR_LIMIT", { model: { ...model, vocab: { ["a".repeat(5000)]: 0 } } }],
    [
      "the steps of a sequence",
      "ERR_LIMIT",
      { normalizer: { type: "Sequence", normalizers: Array(300).fill({ type: "NFC" }) } },
    ],
    ["a pattern", "ERR_LIMIT", { pre_tokenizer: { ...good.pre_tokenizer, pattern: { Regex: "a".repeat(20_000) } } }],
    ["the depth of JSON", "ERR_FORMAT", { normalizer: deep(100) }],
  ])("%s", (_, code, change) => {
    const file = JSON.stringify({ ...good, ...change });

    expect(() => loadTokenizer({ "tokenizer.json": file })).toThrow(expect.objectContaining({ code }));
  });
});

describe("what this package does not do is said:", () => {
  test.each([
    ["a model", "tokenizer.json: model.type", { model: { ...model, type: "Oracle" } }],
    [
      "marks of word ends",
      "tokenizer.json: model.end_of_word_suffix",
      { model: { ...model, end_of_word_suffix: "</w>" } },
    ],
    ["a normalizer", "tokenizer.json: normalizer.type", { normalizer: { type: "Rot13" } }],
    ["a pre-tokenizer", "tokenizer.json: pre_tokenizer.type", { pre_tokenizer: { type: "Guess" } }],
    ["a decoder", "tokenizer.json: decoder.type", { decoder: { type: "CTC" } }],
    ["a post-processor", "tokenizer.json: post_processor.type", { post_processor: { type: "Wrap" } }],
  ])("%s", (_, path, change) => {
    const expected = expect.objectContaining({ code: "ERR_UNSUPPORTED", details: { path } });

    expect(() => loadTokenizer({ "tokenizer.json": JSON.stringify({ ...good, ...change }) })).toThrow(expected);
  });
});

test("no files at all are ERR_NOT_FOUND", () => {
  expect(() => loadTokenizer({})).toThrow(expect.objectContaining({ code: "ERR_NOT_FOUND" }));
  expect(() => loadTokenizer({ "vocab.json": "{}" })).toThrow(expect.objectContaining({ code: "ERR_NOT_FOUND" }));
});

test("a file with bytes changed at random loads or is refused with an error of ours", () => {
  const files: TokenizerFiles[] = [
    { "tokenizer.json": JSON.stringify(good) },
    { "vocab.json": JSON.stringify(model.vocab), "merges.txt": "#version: 0.2\na b\n" },
    { "tokenizer.model": sentencePieceFile() },
    {
      "tokenizer.json": JSON.stringify(good),
      "tokenizer_config.json": JSON.stringify({
        bos_token: "<s>",
        added_tokens_decoder: { 3: { content: "<s>", special: true } },
      }),
    },
  ];
  const change = fc.tuple(
    fc.nat(),
    fc.oneof(fc.constantFrom(0x22, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d, 0x5c, 0x30, 0x39), fc.nat(255)),
  );

  fc.assert(
    fc.property(fc.constantFrom(...files), fc.array(change, { minLength: 1, maxLength: 4 }), (file, changes) => {
      for (const name of Object.keys(file) as (keyof TokenizerFiles)[]) {
        const content = file[name]!;
        const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content.slice();
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        try {
          loadTokenizer({ ...file, [name]: bytes }).encode("xxab<s> a", { addSpecialTokens: true });
        } catch (error) {
          if (!isPalaverError(error)) throw error;
        }
      }
    }),
    { numRuns: 1500 },
  );
});

// --- internal ---

/** A SentencePiece model of four pieces: "<unk>", "▁", "a" and "▁a". */
function sentencePieceFile(): Uint8Array {
  const pieces = [
    ["<unk>", 2],
    ["▁", 1],
    ["a", 1],
    ["▁a", 1],
  ] as const;
  const bytes = pieces.flatMap(([token, type], index) => {
    const text = Array.from(new TextEncoder().encode(token));
    const score = Array.from(new Uint8Array(Float32Array.of(-index).buffer));
    const fields = [0x0a, text.length, ...text, 0x15, ...score, 0x18, type];
    return [0x0a, fields.length, ...fields];
  });
  // trainer_spec { model_type: BPE }
  return Uint8Array.from([...bytes, 0x12, 2, 0x18, 2]);
}
