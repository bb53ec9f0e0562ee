import { tokenizerContract } from "@palaver/core/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadTokenizer } from "../load/load-tokenizer.ts";

const special = { special: true, normalized: false, lstrip: false, rstrip: false, single_word: false };
const words = [
  "[UNK]",
  "[CLS]",
  "[SEP]",
  "play",
  "##ing",
  "##s",
  "un",
  "##a",
  "##ff",
  "##able",
  ",",
  "!",
  "hello",
  "world",
];
const bert = {
  added_tokens: words.slice(0, 3).map((content, id) => ({ id, content, ...special })),
  normalizer: {
    type: "BertNormalizer",
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: { type: "BertProcessing", sep: ["[SEP]", 2], cls: ["[CLS]", 1] },
  decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  model: { type: "WordPiece", unk_token: "[UNK]", vocab: vocab(words) },
};

describe("WordPiece", () => {
  const tokenizer = load(bert);
  const spell = (text: string): (string | undefined)[] =>
    tokenizer.encode(text, { addSpecialTokens: true }).map((id) => tokenizer.idToToken(id));

  test("cuts words as the paper's example", () => {
    expect(spell("Playing unaffable")).toEqual(["[CLS]", "play", "##ing", "un", "##a", "##ff", "##able", "[SEP]"]);
    expect(spell("players")).toEqual(["[CLS]", "[UNK]", "[SEP]"]);
  });

  test("joins words again and takes the spaces from punctuation", () => {
    const ids = tokenizer.encode("Hello , WORLD!");

    expect(tokenizer.decode(ids)).toBe("hello, world!");
  });

  test("says where words lie in the text as it was before lower case and accents went", () => {
    const { offsets } = tokenizer.encodeWithOffsets("Héllo  plays");

    expect(Array.from(offsets)).toEqual([0, 5, 7, 11, 11, 12]);
  });

  for (const contract of contractOf(bert))
    test.skipIf(contract.skip !== undefined)([contract.name, contract.skip].filter(Boolean).join(": "), contract.run);
});

describe("WordLevel", () => {
  const json = { ...bert, model: { ...bert.model, type: "WordLevel" }, pre_tokenizer: { type: "Whitespace" } };

  test("takes a word as it is or not at all", () => {
    expect(load(json).encode("play playing hello")).toEqual([3, 0, 12]);
  });

  for (const contract of contractOf(json))
    test.skipIf(contract.skip !== undefined)([contract.name, contract.skip].filter(Boolean).join(": "), contract.run);
});

describe("BPE over characters", () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  const tokens = ["<unk>", "<s>", ...bytes, "▁", "a", "b", "ab", "▁a", "bb", "▁▁"];
  const spm = {
    added_tokens: [
      { id: 0, content: "<unk>", ...special },
      { id: 1, content: "<s>", ...special },
    ],
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "Prepend", prepend: "▁" },
        { type: "Replace", pattern: { String: " " }, content: "▁" },
      ],
    },
    pre_tokenizer: null,
    post_processor: null,
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: "▁" }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
        { type: "Strip", content: " ", start: 1, stop: 0 },
      ],
    },
    model: {
      type: "BPE",
      unk_token: "<unk>",
      fuse_unk: true,
      byte_fallback: true,
      vocab: vocab(tokens),
      merges: ["▁ a", "a b", "b b", "▁ ▁"],
    },
  };
  const tokenizer = load(spm);

  test("gives long texts the ids of their parts: what stands together in no token never merges", () => {
    const unit = fc.constantFrom("a", "b", " ", "é", "ab ");
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 40 }), (units) => {
        const text = units.join("");
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
        expect(tokenizer.encodeWithOffsets(text).ids).toEqual(tokenizer.encode(text));
      }),
    );
  });

  test("says where the bytes of an unknown character lie", () => {
    const pieces = tokenizer.pieces("aé");

    expect(pieces.map((piece) => [piece.token, piece.byteStart, piece.byteEnd])).toEqual([
      ["▁a", 0, 1],
      ["<0xC3>", 1, 2],
      ["<0xA9>", 2, 3],
    ]);
  });

  test("text that spells a byte stays text", () => {
    expect(tokenizer.encode("<0x41>")).not.toContain(2 + 0x41);
    expect(tokenizer.decode(tokenizer.encode("<0x41>"))).toBe("<0x41>");
  });

  for (const contract of contractOf(spm, true))
    test.skipIf(contract.skip !== undefined)([contract.name, contract.skip].filter(Boolean).join(": "), contract.run);
});

// --- internal ---

function vocab(tokens: readonly string[]): Record<string, number> {
  return Object.fromEntries(tokens.map((token, id) => [token, id]));
}

function load(json: object) {
  return loadTokenizer({ "tokenizer.json": JSON.stringify(json) });
}

function contractOf(json: object, lossless = false) {
  const tokenizer = load(json);
  return tokenizerContract(() => tokenizer, { lossless });
}
