import { byteTokenizer } from "@palaver/core/testing";
import { findFim } from "@palaver/template";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeExample } from "./encode-example.ts";
import { type FimSequenceOptions, fimSequence } from "./fim-sequence.ts";
import { holeSequence } from "./hole-sequence.ts";
import { completionSequence, textSequence } from "./text-sequence.ts";

const tokenizer = byteTokenizer({
  controlTokens: ["<s>", "</s>", "<fim-prefix>", "<fim-suffix>", "<fim-middle>"],
});
const format = findFim(tokenizer)!;
const options: FimSequenceOptions = { tokenizer, format, seed: 1, index: 0 };

const decode = (ids: ArrayLike<number>) => tokenizer.decode(Array.from(ids));

describe("textSequence", () => {
  test("puts what begins and ends a text around it, and learns all of it", () => {
    expect(decode(textSequence("ab", tokenizer).ids)).toBe("<s>ab</s>");
    expect(textSequence("ab", tokenizer).lossMask).toBeUndefined();
    expect(decode(textSequence("ab", byteTokenizer({ controlTokens: [] })).ids)).toBe("ab");
  });
});

describe("completionSequence", () => {
  test("learns the completion and its end, and only reads the prompt", () => {
    const { ids, lossMask } = completionSequence({ prompt: "ab", completion: "c" }, tokenizer);

    expect([decode(ids), lossMask]).toEqual(["<s>abc</s>", [0, 0, 0, 1, 1]]);
  });

  test("refuses a vocabulary without an end", () => {
    const endless = byteTokenizer({ controlTokens: [] });

    expect(() => completionSequence({ prompt: "a", completion: "b" }, endless)).toThrow(
      expect.objectContaining({ code: "ERR_UNSUPPORTED" }),
    );
  });
});

describe("fimSequence", () => {
  // Santacoder's form: PSM is P prefix S suffix M middle, SPM is P S suffix M prefix middle.
  const psm = /^<s><fim-prefix>(.*)<fim-suffix>(.*)<fim-middle>(.*)<\/s>$/su;
  const spm = /^<s><fim-prefix><fim-suffix>(.*)<fim-middle>(.*)<\/s>$/su;

  test("makes a hole whose parts are the whole code again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(), (text, index) => {
        fc.pre(!text.includes("<"));
        const first = decode(fimSequence({ text }, { ...options, index, rate: 1, spmRate: 0 }).ids);
        const second = decode(fimSequence({ text }, { ...options, index, rate: 1, spmRate: 1 }).ids);

        const [, prefix, suffix, middle] = psm.exec(first) ?? [];
        const [, after, before] = spm.exec(second) ?? [];
        const clean = Buffer.from(text).toString();
        expect(`${prefix}${middle}${suffix}`).toBe(clean);
        expect(`${before}${after}`).toBe(clean);
      }),
    );
  });

  test("learns everything, or only what fills the hole", () => {
    const middle = fimSequence({ text: "x = 1" }, { ...options, rate: 1, spmRate: 0, train: "middle" });
    const all = fimSequence({ text: "x = 1" }, { ...options, rate: 1, spmRate: 0 });

    const learnt = Array.from(middle.ids).filter((_, i) => middle.lossMask![i] === 1);
    expect(decode(learnt)).toBe(`${psm.exec(decode(middle.ids))![3]}</s>`);
    expect(all).toEqual({ ids: middle.ids });
  });

  test("makes as many holes and suffixes in front as asked for", () => {
    const texts = Array.from({ length: 2000 }, (_, index) =>
      decode(fimSequence({ text: "some code" }, { ...options, index, rate: 0.6, spmRate: 0.25 }).ids),
    );

    const holes = texts.filter((text) => text.includes("<fim-middle>")).length;
    const reversed = texts.filter((text) => spm.test(text)).length;
    // Five deviations of a binomial: 5 * sqrt(2000 * 0.6 * 0.4) = 110 and 5 * sqrt(2000 * 0.15 * 0.85) = 80.
    expect(Math.abs(holes - 1200)).toBeLessThan(110);
    // A prefix marker right before the suffix marker may also be an empty prefix: 1 in 10 of the 900 others, times two cuts.
    expect(reversed).toBeGreaterThan(300 - 80);
  });

  test("depends on seed and index only", () => {
    const text = "function add(a, b) { return a + b; }";
    const ids = (changed: Partial<FimSequenceOptions>) =>
      fimSequence({ text }, { ...options, rate: 1, ...changed }).ids;

    expect(ids({ index: 3 })).toEqual(ids({ index: 3 }));
    expect(ids({ index: 3 })).not.toEqual(ids({ index: 4 }));
    expect(ids({ index: 3 })).not.toEqual(ids({ index: 3, seed: 2 }));
  });

  test("refuses rates that are none", () => {
    expect(() => fimSequence({ text: "x" }, { ...options, rate: 1.1 })).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }),
    );
  });
});

describe("holeSequence", () => {
  const hole = { prefix: "a", middle: "b", suffix: "c" };

  test("ends with a token of the format's where none is named for the end of a text", () => {
    const named = byteTokenizer({
      controlTokens: ["<s>", "</s>", "<fim-prefix>", "<fim-suffix>", "<fim-middle>", "<|endoftext|>"],
    });

    const { ids } = holeSequence(hole, { tokenizer: { ...named, special: {} }, format });

    expect(named.decode(Array.from(ids))).toBe("<s><fim-prefix>a<fim-suffix>c<fim-middle>b<|endoftext|>");
  });

  test("refuses a vocabulary in which nothing ends a text", () => {
    expect(() => holeSequence(hole, { tokenizer: { ...tokenizer, special: {} }, format })).toThrow(
      expect.objectContaining({ code: "ERR_UNSUPPORTED" }),
    );
  });
});

describe("encodeExample", () => {
  test("learns code as text, or with holes where it is asked to", () => {
    const code = { type: "code", text: "x = 1" } as const;

    expect(decode(encodeExample(code, { tokenizer }).ids)).toBe("<s>x = 1</s>");
    expect(decode(encodeExample(code, { tokenizer, fim: { seed: 1, rate: 1 } }).ids)).toContain("<fim-middle>");
    expect(() => encodeExample(code, { tokenizer: byteTokenizer(), fim: { seed: 1 } })).toThrow(
      expect.objectContaining({ code: "ERR_UNSUPPORTED" }),
    );
  });

  test("needs a template for dialogues", () => {
    expect(() => encodeExample({ type: "dialogue", messages: [], tools: [], train: [] }, { tokenizer })).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }),
    );
  });
});
