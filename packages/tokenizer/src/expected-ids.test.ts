import { readFileSync } from "node:fs";
import type { Tokenizer } from "@palaver/core";
import { describeSharedData } from "@palaver/test-data";
import { expect, test } from "vitest";
import { loadTokenizer, type TokenizerFiles } from "./index.ts";

/**
 * Where published decodings are not what we give, and why: the reference then took out spaces in front of punctuation
 * and contractions (`clean_up_tokenization_spaces`), which the tokens hold. We decode what is there.
 */
const cleanedByReference = new Map([
  ["ko_hangul", "unknown words leave '. .' behind, which it makes '..'"],
  ["PUNCTUATION", "the text's own ' !!' becomes '!!'"],
  ["PYTHON_CODE", "the code's own ' .' and ' ,' lose their spaces"],
]);

describeSharedData("GPT-2", ["tokenizers/gpt2", "expected-ids"], (folder, expected) => {
  const tokenizer = open(folder, ["tokenizer.json", "tokenizer_config.json"]);

  test("gives the ids and texts that the Python reference gave for many scripts", () => {
    checkSwift(tokenizer, read(`${expected}/swift-multilingual/openai-community__gpt2.json`), smallInputs(expected));
  });

  test("gives the ids that transformers.js expects", () => {
    checkTransformersJs(tokenizer, read(`${expected}/transformers.js/gpt2.json`), "Xenova/gpt2");
  });
});

describeSharedData("T5", ["tokenizers/t5-small", "expected-ids"], (folder, expected) => {
  const tokenizer = open(folder, ["tokenizer.json", "tokenizer_config.json"]);

  test("gives the ids and texts that the Python reference gave for many scripts", () => {
    checkSwift(tokenizer, read(`${expected}/swift-multilingual/google-t5__t5-small.json`), smallInputs(expected));
  });
});

describeSharedData("Qwen 2.5", ["tokenizers/qwen2.5-0.5b-instruct", "expected-ids"], (folder, expected) => {
  const tokenizer = open(folder, ["vocab.json", "merges.txt", "tokenizer_config.json"]);

  test("gives the ids and texts that the Python reference gave for many scripts", () => {
    const { entries } = read(`${expected}/swift-multilingual/qwen2_5_multilingual.json`) as { entries: SwiftEntry[] };
    const inputs = read(`${expected}/swift-multilingual/inputs.json`) as { id: string; text: string }[];
    const texts = new Map(inputs.map((input) => [input.id, input.text]));

    expect(entries.length).toBe(83);
    for (const entry of entries) checkSwiftEntry(tokenizer, texts.get(entry.id!)!, entry);
  });

  test("gives the ids that transformers.js expects of Qwen 1.5, whose vocabulary is the same", () => {
    checkTransformersJs(tokenizer, read(`${expected}/transformers.js/qwen2.json`), "Xenova/Qwen1.5-0.5B-Chat");
  });
});

// --- internal ---

interface SwiftEntry {
  readonly id?: string;
  readonly input_ids: number[];
  readonly tokens: string[];
  readonly decoded_with_special: string;
  readonly decoded_skip_special: string;
}

function open(folder: string, names: readonly (keyof TokenizerFiles)[]): Tokenizer {
  return loadTokenizer(Object.fromEntries(names.map((name) => [name, readFileSync(`${folder}/${name}`)])));
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

function smallInputs(expected: string): Map<string, string> {
  const { inputs } = read(`${expected}/swift-multilingual/inputs_small.json`) as {
    inputs: { id: string; text: string }[];
  };
  return new Map(inputs.map((input) => [input.id, input.text]));
}

function checkSwift(tokenizer: Tokenizer, baseline: unknown, texts: ReadonlyMap<string, string>): void {
  const entries = Object.entries((baseline as { entries: Record<string, SwiftEntry> }).entries);
  expect(entries.length).toBe(texts.size);
  for (const [id, entry] of entries) checkSwiftEntry(tokenizer, texts.get(id)!, entry);
}

function checkSwiftEntry(tokenizer: Tokenizer, text: string, entry: SwiftEntry): void {
  const ids = tokenizer.encode(text, { addSpecialTokens: true });
  expect(ids, text).toEqual(entry.input_ids);
  expect(
    ids.map((id) => tokenizer.idToToken(id)),
    text,
  ).toEqual(entry.tokens);
  expect(tokenizer.decode(ids), text).toBe(entry.decoded_with_special);
  expect(tokenizer.decode(ids, { skipSpecialTokens: true }), text).toBe(entry.decoded_skip_special);
}

function checkTransformersJs(tokenizer: Tokenizer, file: unknown, model: string): void {
  const cases = (
    file as Record<string, Record<string, { text: string; ids: number[]; tokens: string[]; decoded: string }>>
  )[model]!;
  expect(Object.keys(cases).length).toBeGreaterThan(20);
  for (const [name, { text, ids, tokens, decoded }] of Object.entries(cases)) {
    const controls = [{ text, origin: "template" as const }];
    expect(tokenizer.encode(controls, { addSpecialTokens: true }), name).toEqual(ids);
    expect(
      ids.map((id) => tokenizer.idToToken(id)),
      name,
    ).toEqual(tokens);
    if (!cleanedByReference.has(name)) expect(tokenizer.decode(ids), name).toBe(decoded);
    else expect(tokenizer.decode(ids), name).toBe(text);
  }
}
