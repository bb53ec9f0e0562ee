import { readFileSync } from "node:fs";
import type { TextSegment, Tokenizer } from "@palaver/core";
import { tokenizerContract } from "@palaver/core/testing";
import { describeSharedData, sharedData } from "@palaver/test-data";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byteToChar } from "../byte-alphabet.ts";
import { loadTokenizer } from "./load-tokenizer.ts";

describe("a small byte-level tokenizer.json", () => {
  const tokenizer = loadTokenizer({ "tokenizer.json": JSON.stringify(byteLevelJson()) });

  for (const contract of tokenizerContract(() => tokenizer)) test(contract.name, contract.run);

  test("gives back every text that Unicode allows", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
      }),
    );
  });

  test("merges by rank", () => {
    expect(spell(tokenizer, "the then")).toEqual(["the", "Ġ", "the", "n"]);
  });

  test("never merges text into a control token, though the merges would", () => {
    expect(tokenizer.tokenToId("<end>")).toBe(270);
    expect(spell(tokenizer, "<end>")).toEqual(["<", "end", ">"]);
    expect(tokenizer.encode([template("<end>")])).toEqual([270]);
  });

  test("finds tokens that are not special in any text", () => {
    expect(spell(tokenizer, "a<call>b")).toEqual(["a", "<call>", "b"]);
    expect(tokenizer.isControl(tokenizer.tokenToId("<call>")!)).toBe(false);
  });

  test("takes the longest of the tokens that begin at a place", () => {
    expect(spell(tokenizer, [template("<end><endless>")])).toEqual(["<end>", "<endless>"]);
    // Its last character is not the template's.
    expect(spell(tokenizer, [template("<end"), content(">")])).toEqual(["<", "end", ">"]);
  });

  test("does not let text of a person swallow the beginning of a control token", () => {
    // "x<" is a plain token; a person who writes x could hide the template's control token behind it.
    expect(spell(tokenizer, "x<")).toEqual(["x<"]);
    expect(spell(tokenizer, [content("x"), template("<end>")])).toEqual(["x", "<end>"]);
    expect(spell(tokenizer, [content("x"), template("<b>")])).toEqual(["x<", "b", ">"]);
    expect(spell(tokenizer, [template("x<end>")])).toEqual(["x<", "end", ">"]);
  });

  test("gives white space to the tokens that strip it", () => {
    const found = tokenizer.encodeWithOffsets([content("a "), template("<both>"), content(" \nb")]);

    expect(found.ids.map((id) => tokenizer.idToToken(id))).toEqual(["a", "<both>", "b"]);
    expect(Array.from(found.offsets)).toEqual([0, 1, 1, 10, 10, 11]);
  });

  test("finds single words only between other characters than letters", () => {
    expect(spell(tokenizer, "yes, yes")).toEqual(["yes", ",", "Ġ", "yes"]);
    expect(spell(tokenizer, "yesyes")).not.toContain("yes");
    expect(spell(tokenizer, "_yes")).not.toContain("yes");
  });

  test("begins texts only when asked", () => {
    expect(spell(tokenizer, "")).toEqual([]);
    expect(tokenizer.encode("", { addSpecialTokens: true })).toEqual([271]);
    expect(tokenizer.encode("a", { addSpecialTokens: true })).toEqual([271, 97]);
  });

  test("says where bytes of one character lie", () => {
    const pieces = tokenizer.pieces("aé😀");

    expect(pieces.map((piece) => [piece.byteStart, piece.byteEnd, piece.start, piece.end])).toEqual([
      [0, 1, 0, 1],
      [1, 2, 1, 1],
      [2, 3, 1, 2],
      [3, 4, 2, 2],
      [4, 5, 2, 2],
      [5, 6, 2, 2],
      [6, 7, 2, 4],
    ]);
  });
});

const folders = [
  ["tokenizers/gpt2", true],
  ["tokenizers/smollm2-135m", true],
  ["tokenizers/minimind", true],
  // Its vocabulary lacks most bytes.
  ["tokenizers/guppylm", false],
  ["tokenizers/phi-3-mini", true],
  ["models/stories260K-derived", true],
  ["tokenizers/t5-small", false],
] as const;
for (const [folder, lossless] of folders) {
  describeSharedData(folder, `${folder}/tokenizer.json`, (path) => {
    const config = sharedData(`${folder}/tokenizer_config.json`);
    const tokenizer = loadTokenizer({
      "tokenizer.json": readFileSync(path),
      ...(config && { "tokenizer_config.json": readFileSync(config) }),
    });

    for (const contract of tokenizerContract(() => tokenizer, { lossless })) {
      test.skipIf(contract.skip !== undefined)([contract.name, contract.skip].filter(Boolean).join(": "), contract.run);
    }

    test("pieces of control tokens, put together in any way by a person, never become one", () => {
      const controls = Array.from({ length: tokenizer.vocabSize }, (_, id) => id).filter(tokenizer.isControl);
      const spellings = controls.slice(0, 40).map((id) => tokenizer.idToToken(id)!);
      const part = fc
        .constantFrom(...spellings)
        .chain((spelling) =>
          fc.tuple(fc.nat(spelling.length), fc.nat(spelling.length)).map(([from, to]) => spelling.slice(from, to)),
        );

      fc.assert(
        fc.property(fc.array(fc.oneof(part, fc.constantFrom(...spellings)), { maxLength: 8 }), (parts) => {
          const ids = tokenizer.encode(parts.map((text) => content(text)));
          expect(ids.filter(tokenizer.isControl)).toEqual([]);
        }),
      );
    });
  });
}

describeSharedData(
  "stories260K",
  ["models/stories260K-derived/tokenizer.json", "reference/stories260K/expected.json"],
  (path, expected) => {
    const tokenizer = loadTokenizer({ "tokenizer.json": readFileSync(path) });
    const greedy = JSON.parse(readFileSync(expected, "utf8")) as { greedy_ids_own_check: number[]; greedy_200: string };

    test("begins an empty text with its begin token", () => {
      expect(tokenizer.encode("", { addSpecialTokens: true })).toEqual([1]);
    });

    test("decodes the published text and gives its ids again", () => {
      expect(tokenizer.decode(greedy.greedy_ids_own_check)).toBe(greedy.greedy_200);
      expect(tokenizer.encode(greedy.greedy_200)).toEqual(greedy.greedy_ids_own_check);
    });

    test("streams an answer behind its prompt with the space that belongs to it, and a text from the begin token without", () => {
      const [once, upon] = greedy.greedy_ids_own_check.slice(0, 2) as [number, number];
      const alone = tokenizer.decodeStream({ skipSpecialTokens: true });
      const behind = tokenizer.decodeStream({ skipSpecialTokens: true });

      expect([alone.push(1), alone.push(once)]).toEqual(["", "Once"]);
      expect([behind.push(1), behind.push(once), behind.push(upon)].at(-1)).toBe(" upon");
    });
  },
);

// --- internal ---

function template(text: string): TextSegment {
  return { text, origin: "template" };
}

function content(text: string): TextSegment {
  return { text, origin: "content" };
}

function spell(tokenizer: Tokenizer, input: string | readonly TextSegment[]): (string | undefined)[] {
  return tokenizer.encode(input).map((id) => tokenizer.idToToken(id));
}

/** Bytes, a few merges (one path of which leads to a control token), and one added token of each kind. */
function byteLevelJson() {
  const merges = ["t h", "th e", "e n", "en d", "< end", "<end >"];
  const tokens = [
    ...Array.from(byteToChar, (char) => String.fromCharCode(char)),
    ...["th", "the", "en", "end", "<end"],
  ];
  const token = (id: number, content: string, flags: object = {}) => ({
    ...{ id, content, special: false, normalized: false, lstrip: false, rstrip: false, single_word: false },
    ...flags,
  });
  const vocab = { ...Object.fromEntries(tokens.map((name, id) => [name, id])), "<end>": 270 };
  return {
    added_tokens: [
      token(270, "<end>", { special: true }),
      token(271, "<begin>", { special: true }),
      token(272, "<endless>", { special: true }),
      token(273, "<both>", { special: true, lstrip: true, rstrip: true }),
      token(274, "<call>"),
      token(275, "x<"),
      token(276, "yes", { single_word: true }),
    ],
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
    post_processor: {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "<begin>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
      special_tokens: { "<begin>": { id: "<begin>", ids: [271], tokens: ["<begin>"] } },
    },
    decoder: { type: "ByteLevel" },
    model: { type: "BPE", vocab, merges },
  };
}
