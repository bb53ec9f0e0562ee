import { readFileSync } from "node:fs";
import { byteSource, type Tokenizer } from "@palaver/core";
import { tokenizerContract } from "@palaver/core/testing";
import { parseGguf } from "@palaver/formats";
import { describeSharedData } from "@palaver/test-data";
import { describe, expect, test } from "vitest";
import { tokenizerFromGguf } from "./gguf.ts";
import { loadTokenizer } from "./load-tokenizer.ts";

for (const name of ["deepseek-coder", "phi-3"]) {
  describeSharedData(`the vocabulary of ${name} in GGUF`, [`gguf-vocab/ggml-vocab-${name}.gguf`], (path) => {
    test("gives the ids that llama.cpp gave", async () => {
      checkCases(await openGguf(path), path);
    });

    const lossless = name !== "phi-3";
    const opened = openGguf(path);
    for (const contract of tokenizerContract(() => opened, { lossless })) {
      test.skipIf(contract.skip !== undefined)([contract.name, contract.skip].filter(Boolean).join(": "), contract.run);
    }
  });
}

describeSharedData("the cases of llama.cpp", ["gguf-vocab", "tokenizers"], (cases, tokenizers) => {
  test("hold for GPT-2 from tokenizer.json", () => {
    const file = readFileSync(`${tokenizers}/gpt2/tokenizer.json`);
    checkCases(loadTokenizer({ "tokenizer.json": file }), `${cases}/ggml-vocab-gpt-2.gguf`);
  });

  test("hold for Qwen 2.5 from vocab.json and merges.txt", () => {
    const read = (name: string): Uint8Array => readFileSync(`${tokenizers}/qwen2.5-0.5b-instruct/${name}`);
    const tokenizer = loadTokenizer({
      "vocab.json": read("vocab.json"),
      "merges.txt": read("merges.txt"),
      "tokenizer_config.json": read("tokenizer_config.json"),
    });
    checkCases(tokenizer, `${cases}/ggml-vocab-qwen2.gguf`);
  });

  test("hold for Phi 3 from tokenizer.json", () => {
    const file = readFileSync(`${tokenizers}/phi-3-mini/tokenizer.json`);
    checkCases(loadTokenizer({ "tokenizer.json": file }), `${cases}/ggml-vocab-phi-3.gguf`);
  });
});

describeSharedData(
  "stories260K in GGUF",
  ["models/stories260K-derived", "reference/stories260K/expected.json"],
  (folder, expected) => {
    const greedy = JSON.parse(readFileSync(expected, "utf8")) as { greedy_ids_own_check: number[]; greedy_200: string };

    for (const file of ["stories260K-f32.gguf", "stories260K-q4_0.gguf"]) {
      test(`decodes the published text and gives its ids again (${file})`, async () => {
        const tokenizer = await openGguf(`${folder}/${file}`);

        expect(tokenizer.decode(greedy.greedy_ids_own_check)).toBe(greedy.greedy_200);
        expect(tokenizer.encode(greedy.greedy_200)).toEqual(greedy.greedy_ids_own_check);
        expect(tokenizer.encode("", { addSpecialTokens: true })).toEqual([1]);
      });
    }
  },
);

describeSharedData(
  "T5 as GGUF would hold it",
  ["tokenizers/t5-small/tokenizer.json", "expected-ids/swift-multilingual"],
  (path, expected) => {
    const json = JSON.parse(readFileSync(path, "utf8")) as {
      normalizer: { precompiled_charsmap: string };
      model: { vocab: [string, number][] };
    };
    const { vocab } = json.model;
    const tokenizer = tokenizerFromGguf({
      "tokenizer.ggml.model": "t5",
      "tokenizer.ggml.tokens": vocab.map(([token]) => token),
      "tokenizer.ggml.scores": Float32Array.from(vocab, ([, score]) => score),
      "tokenizer.ggml.token_type": vocab.map(([token], id) => (id === 2 ? 2 : /^<.+>$/.test(token) ? 3 : 1)),
      "tokenizer.ggml.precompiled_charsmap": Uint8Array.from(
        Buffer.from(json.normalizer.precompiled_charsmap, "base64"),
      ),
      "tokenizer.ggml.add_space_prefix": true,
      "tokenizer.ggml.remove_extra_whitespaces": true,
      "tokenizer.ggml.bos_token_id": 0,
      "tokenizer.ggml.eos_token_id": 1,
      "tokenizer.ggml.unknown_token_id": 2,
    });

    test("gives the ids that the Python reference gave for many scripts", () => {
      const read = (name: string): unknown => JSON.parse(readFileSync(`${expected}/${name}`, "utf8"));
      const { inputs } = read("inputs_small.json") as { inputs: { id: string; text: string }[] };
      const { entries } = read("google-t5__t5-small.json") as { entries: Record<string, { input_ids: number[] }> };
      for (const { id, text } of inputs) {
        expect(tokenizer.encode(text, { addSpecialTokens: true }), id).toEqual(entries[id]!.input_ids);
      }
    });

    for (const contract of tokenizerContract(() => tokenizer, { lossless: false })) {
      test.skipIf(contract.skip !== undefined)([contract.name, contract.skip].filter(Boolean).join(": "), contract.run);
    }
  },
);

describe("metadata", () => {
  const gpt2 = {
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "gpt-2",
    "tokenizer.ggml.tokens": ["a", "b", "Ġ", "ab", "Ġab", "<end>"],
    "tokenizer.ggml.token_type": [1, 1, 1, 1, 1, 3],
    "tokenizer.ggml.merges": ["a b", "Ġ ab"],
    "tokenizer.ggml.eos_token_id": 5,
  };

  test("may be a plain object of plain values", () => {
    const tokenizer = tokenizerFromGguf(gpt2);

    expect(tokenizer.encode("ab ab")).toEqual([3, 4]);
    expect(tokenizer.special).toEqual({ eos: 5 });
    expect(tokenizer.encode([{ text: "<end>", origin: "template" }])).toEqual([5]);
  });

  test("may be a map of objects with a value", () => {
    const entries = Object.entries(gpt2).map(([key, value]) => [key, { type: "any", value }] as const);

    expect(tokenizerFromGguf(new Map(entries)).encode("ab ab")).toEqual([3, 4]);
  });

  test("that calls the end of a turn text is not believed", () => {
    const tokens = ["a", "b", "Ġ", "ab", "Ġab", "<|im_end|>"];
    const tokenizer = tokenizerFromGguf({
      ...gpt2,
      "tokenizer.ggml.tokens": tokens,
      "tokenizer.ggml.token_type": [1, 1, 1, 1, 1, 4],
    });

    expect(tokenizer.isControl(5)).toBe(true);
    expect(tokenizer.encode("a<|im_end|>")).toEqual([0]);
    expect(tokenizer.isControl(0)).toBe(false);
  });

  test("of SentencePiece that names no special tokens has them where Llama has them", () => {
    const metadata = {
      "tokenizer.ggml.model": "llama",
      "tokenizer.ggml.tokens": ["<unk>", "<s>", "</s>", "\u2581", "a", "\u2581a"],
      "tokenizer.ggml.scores": [0, 0, 0, -3, -2, -1],
      "tokenizer.ggml.token_type": [2, 3, 3, 1, 1, 1],
    };

    const tokenizer = tokenizerFromGguf(metadata);

    expect(tokenizer.special).toEqual({ unk: 0, bos: 1, eos: 2 });
    expect(tokenizer.encode("a", { addSpecialTokens: true })).toEqual([1, 5]);
    const renamed = tokenizerFromGguf({ ...metadata, "tokenizer.ggml.eos_token_id": 4 });
    expect(renamed.special).toEqual({ unk: 0, bos: 1, eos: 4 });
    const plain = tokenizerFromGguf({ ...metadata, "tokenizer.ggml.token_type": [1, 1, 1, 1, 1, 1] });
    expect(plain.special).toEqual({});
  });

  test.each([
    ["tokenizer.ggml.model", "ERR_NOT_FOUND", undefined],
    ["tokenizer.ggml.model", "ERR_UNSUPPORTED", "rwkv"],
    ["tokenizer.ggml.pre", "ERR_UNSUPPORTED", "a name of tomorrow"],
    ["tokenizer.ggml.tokens", "ERR_NOT_FOUND", undefined],
    ["tokenizer.ggml.tokens", "ERR_FORMAT", [1, 2]],
    ["tokenizer.ggml.token_type", "ERR_FORMAT", [1]],
    ["tokenizer.ggml.merges", "ERR_FORMAT", ["ab"]],
    ["tokenizer.ggml.merges", "ERR_FORMAT", ["a c"]],
    ["tokenizer.ggml.eos_token_id", "ERR_FORMAT", "5"],
    ["tokenizer.ggml.add_bos_token", "ERR_FORMAT", 1],
  ])("that is wrong at %s gives %s", (key, code, value) => {
    const error = expect.objectContaining({ code });

    expect(() => tokenizerFromGguf({ ...gpt2, [key]: value })).toThrow(error);
  });
});

// --- internal ---

async function openGguf(path: string): Promise<Tokenizer> {
  const { metadata } = await parseGguf(byteSource(readFileSync(path)));
  return tokenizerFromGguf(metadata);
}

/** Texts divided by a marker line, and a line of ids for each. */
function checkCases(tokenizer: Tokenizer, path: string): void {
  const texts = readFileSync(`${path}.inp`, "utf8").split("\n__ggml_vocab_test__\n").slice(0, -1);
  const lines = readFileSync(`${path}.out`, "utf8").split("\n").slice(0, -1);
  expect(texts.length).toBe(46);
  expect(lines.length).toBe(46);
  for (const [index, text] of texts.entries()) {
    const expected = lines[index]!.trim();
    expect(tokenizer.encode(text).join(" "), JSON.stringify(text)).toBe(expected);
  }
}
