import { expect, test } from "vitest";
import { loadTokenizer } from "./load-tokenizer.ts";

const vocab = { a: 0, b: 1, ab: 2, Ġ: 3, Ã: 4, "©": 5, "Ã©": 6 };
const merges = "#version: 0.2\na b\nÃ ©\n";
const files = { "vocab.json": JSON.stringify(vocab), "merges.txt": merges };
const qwen = {
  tokenizer_class: "Qwen2Tokenizer",
  eos_token: "<|im_end|>",
  pad_token: { content: "<pad>", special: true },
  added_tokens_decoder: { 10: { content: "<|im_end|>", special: true }, 11: { content: "<tool>", special: false } },
};

test("vocab.json and merges.txt make a GPT-2 tokenizer", () => {
  const tokenizer = loadTokenizer(files);

  expect(tokenizer.encode("ab a")).toEqual([2, 3, 0]);
  expect(tokenizer.vocabSize).toBe(7);
});

test("tokenizer_config.json tells the class, the added tokens and what they are for", () => {
  const tokenizer = loadTokenizer({ ...files, "tokenizer_config.json": JSON.stringify(qwen) });

  expect(tokenizer.special).toEqual({ eos: 10 });
  expect(tokenizer.vocabSize).toBe(12);
  expect(tokenizer.encode([{ text: "ab<|im_end|>", origin: "template" }])).toEqual([2, 10]);
  expect(tokenizer.encode("<tool>")).toEqual([11]);
  // Qwen composes characters first.
  expect(tokenizer.encode("e\u0301")).toEqual([6]);
});

test("special_tokens_map.json and added_tokens.json add to it", () => {
  const tokenizer = loadTokenizer({
    ...files,
    "added_tokens.json": JSON.stringify({ "<x>": 9, "<eos>": 8 }),
    "special_tokens_map.json": JSON.stringify({ eos_token: "<eos>", additional_special_tokens: ["<x>"] }),
  });

  expect(tokenizer.special).toEqual({ eos: 8 });
  expect(tokenizer.isControl(9)).toBe(true);
  expect(tokenizer.isControl(8)).toBe(true);
});

test("a token that is named for a purpose is a control token whatever else is said of it", () => {
  const config = { eos_token: "ab", added_tokens_decoder: { 2: { content: "ab", special: false } } };
  const tokenizer = loadTokenizer({ ...files, "tokenizer_config.json": JSON.stringify(config) });

  expect(tokenizer.isControl(2)).toBe(true);
  expect(tokenizer.encode("ab")).toEqual([0, 1]);
});

test("begin and end tokens are added as the configuration says", () => {
  const added = { 10: { content: "<s>", special: true }, 11: { content: "</s>", special: true } };
  const config = { bos_token: "<s>", eos_token: "</s>", add_bos_token: true, add_eos_token: true };
  const tokenizer = loadTokenizer({
    ...files,
    "tokenizer_config.json": JSON.stringify({ ...config, added_tokens_decoder: added }),
  });

  expect(tokenizer.encode("a", { addSpecialTokens: true })).toEqual([10, 0, 11]);
  expect(tokenizer.encode("a")).toEqual([0]);
});

test("files may be bytes or text, with or without a byte order mark", () => {
  const bytes = new TextEncoder().encode(`\ufeff${files["vocab.json"]}`);

  expect(loadTokenizer({ "vocab.json": bytes, "merges.txt": merges.replaceAll("\n", "\r\n") }).encode("ab")).toEqual([
    2,
  ]);
});

test.each([
  ["vocab.json", '{"a": "b"}'],
  ["vocab.json", "[]"],
  ["merges.txt", "ab\n"],
  ["merges.txt", "a x\n"],
  ["tokenizer_config.json", '{"eos_token": 5}'],
  ["tokenizer_config.json", '{"add_bos_token": "yes"}'],
  ["tokenizer_config.json", '{"added_tokens_decoder": {"x": {"content": "a"}}}'],
  ["added_tokens.json", '{"a": -1}'],
])("a malformed %s is refused with its name: %s", (name, content) => {
  expect(() => loadTokenizer({ ...files, [name]: content })).toThrow(
    expect.objectContaining({
      code: "ERR_FORMAT",
      details: expect.objectContaining({ path: expect.stringContaining(name) }),
    }),
  );
});
