import * as current from "@huggingface/transformers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { spellBytes } from "../byte-alphabet.ts";
import { loadTokenizer } from "../load/load-tokenizer.ts";
import { patterns } from "../split/known-patterns.ts";
import { trainBpe } from "./train-bpe.ts";

const controls = ["<|begin|>", "<|end|>"];
const shortAlphabet = fc.string({ unit: fc.constantFrom("a", "b", "c", " ", "\n", "1", "é", "猫"), maxLength: 60 });
const texts = fc.array(fc.oneof(shortAlphabet, fc.lorem(), fc.string({ unit: "grapheme" })), { maxLength: 8 });

function load(json: object) {
  return loadTokenizer({ "tokenizer.json": JSON.stringify(json) });
}

describe("training", () => {
  test("learns what counting all pairs anew for each merge learns", () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 3 }), (list, merges, minCount) => {
        const { model } = trainBpe(list, { vocabSize: 256 + merges, minCount });

        expect(model.merges).toEqual(slowBpe(list, { tokens: merges, minCount }));
      }),
      { numRuns: 150 },
    );
  });

  test("gives the commonest pair the first id behind the bytes", () => {
    const { model } = trainBpe(["lower lowest low"], { vocabSize: 258 });

    expect(model.merges).toEqual([
      ["l", "o"],
      ["lo", "w"],
    ]);
    expect(model.vocab.low).toBe(257);
  });

  test("does not depend on the order of the texts", () => {
    fc.assert(
      fc.property(texts, (list) => {
        const options = { vocabSize: 300, specialTokens: controls };

        expect(trainBpe([...list].reverse(), options)).toEqual(trainBpe(list, options));
      }),
      { numRuns: 50 },
    );
  });

  test("keeps digits apart", () => {
    const tokenizer = load(trainBpe(["2024 2024 2024 2024"], { vocabSize: 400 }));

    expect(tokenizer.encode("2024")).toHaveLength(4);
  });

  test("stops where no pair is common enough", () => {
    const json = trainBpe(["abc"], { vocabSize: 1000, specialTokens: controls });

    expect(load(json).vocabSize).toBe(256 + controls.length);
  });

  test("puts two spellings of one token under one id", () => {
    fc.assert(
      fc.property(shortAlphabet, (text) => {
        const { vocab } = trainBpe([text.repeat(3)], { vocabSize: 320 }).model;
        const ids = Object.values(vocab).sort((a, b) => a - b);

        expect(ids).toEqual(ids.map((_, index) => index));
      }),
    );
  });
});

describe("what was trained", () => {
  test("decodes every text to itself", () => {
    fc.assert(
      fc.property(texts, fc.string({ unit: "grapheme" }), (list, text) => {
        const tokenizer = load(trainBpe(list, { vocabSize: 300 }));

        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
      }),
    );
  });

  test("has its control tokens last, and only templates write them", () => {
    const tokenizer = load(trainBpe(["low low"], { vocabSize: 260, specialTokens: controls, beginToken: controls[0] }));

    expect(controls.map((token) => tokenizer.tokenToId(token))).toEqual([258, 259]);
    expect(tokenizer.encode("low", { addSpecialTokens: true })[0]).toBe(258);
    expect(tokenizer.encode("<|end|>")).not.toContain(259);
    expect(tokenizer.encode([{ text: "<|end|>", origin: "template" }])).toEqual([259]);
  });

  test("gives the ids that Transformers.js gives", () => {
    fc.assert(
      fc.property(texts, shortAlphabet, fc.lorem(), (list, first, second) => {
        const json = trainBpe([...list, second], { vocabSize: 330, specialTokens: controls, beginToken: controls[0] });
        const theirs = new current.PreTrainedTokenizer(structuredClone(json), {});
        const ours = load(json);

        for (const text of [...list, first, second, "It's 1 + 1  =\n\n  2"]) {
          expect(ours.encode(text, { addSpecialTokens: true }), JSON.stringify(text)).toEqual(theirs.encode(text));
        }
      }),
      { numRuns: 40 },
    );
  });
});

test.each([
  { vocabSize: 255 },
  { vocabSize: 257, specialTokens: controls },
  { vocabSize: 300.5 },
  { vocabSize: 2 ** 23 },
  { vocabSize: 300, minCount: 0 },
  { vocabSize: 300, specialTokens: ["<a>", "<a>"] },
  { vocabSize: 300, specialTokens: [""] },
  { vocabSize: 300, beginToken: "<a>" },
])("%j is refused", (options) => {
  expect(() => trainBpe(["a"], options)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
});

// --- internal ---

/** The definition, word for word: count all pairs, join the commonest everywhere, again. Pieces by the engine's RegExp. */
function slowBpe(list: readonly string[], { tokens, minCount }: { tokens: number; minCount: number }): string[][] {
  const { source, flags } = new RegExp(
    patterns.qwen2.replace("(?i:'s|'t|'re|'ve|'m|'ll|'d)", "'(?:[sStTmMdD]|[rRvV][eE]|[lL][lL])"),
    "gu",
  );
  const pieces = list.flatMap((text) => text.match(new RegExp(source, flags)) ?? []);
  let words = pieces.map((piece) => [...spellBytes(new TextEncoder().encode(piece))]);
  const order = new Map(
    [...spellBytes(Uint8Array.from({ length: 256 }, (_, i) => i))].sort().map((char, i) => [char, i]),
  );
  const merges: string[][] = [];
  for (let learned = 0; learned < tokens; ) {
    const counts = new Map<string, number>();
    for (const word of words) {
      for (let i = 1; i < word.length; i++) {
        const pair = JSON.stringify([word[i - 1], word[i]]);
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
    }
    const ranked = [...counts]
      .filter(([, count]) => count >= minCount)
      .map(([pair, count]) => ({ pair: JSON.parse(pair) as [string, string], count }))
      .sort((a, b) => b.count - a.count || compareIds(order, a.pair, b.pair));
    const best = ranked[0]?.pair;
    if (best === undefined) break;
    merges.push(best);
    const joined = best.join("");
    if (!order.has(joined)) {
      order.set(joined, order.size);
      learned++;
    }
    words = words.map((word) => join(word, best));
  }
  return merges;
}

function compareIds(order: ReadonlyMap<string, number>, a: [string, string], b: [string, string]): number {
  return order.get(a[0])! - order.get(b[0])! || order.get(a[1])! - order.get(b[1])!;
}

function join(word: readonly string[], [left, right]: [string, string]): string[] {
  const result: string[] = [];
  for (let i = 0; i < word.length; i++) {
    if (word[i] === left && word[i + 1] === right) result.push(left + word[++i]!);
    else result.push(word[i]!);
  }
  return result;
}
