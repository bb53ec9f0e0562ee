import { segmentsText, type TextSegment, type Tokenizer } from "@palaver/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeFim } from "./encode-fim.ts";
import { fimFormats } from "./fim-formats.ts";
import { renderFim } from "./render-fim.ts";

const format = fimFormats.find(({ name }) => name === "qwen-coder")!;
const qwen = format.markers;

describe("encodeFim", () => {
  const text = (ids: readonly number[]) => String.fromCodePoint(...ids.filter((id) => id < 0x110000));

  test.each([
    ["control tokens", true],
    ["ordinary tokens", false],
  ])("gives each marker once however often the code spells it, where markers are %s", (_, areControl) => {
    const tokenizer = addedTokenTokenizer(qwen, areControl);
    const hostile = fc
      .array(fc.constantFrom(...qwen, "<|fim_", "<", "x", "|>"), { maxLength: 12 })
      .map((a) => a.join(""));
    fc.assert(
      fc.property(hostile, hostile, (prefix, suffix) => {
        const ids = encodeFim(tokenizer, format, renderFim(format, { prefix, suffix }));

        const markerIds = ids.filter((id) => id >= 0x110000).map((id) => qwen[id - 0x110000]);
        expect(markerIds).toEqual(["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"]);
        expect(text(ids)).toBe(prefix + suffix);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ["harmless code", false, "a < b"],
    ["any code where markers are control tokens", true, "<|fim_suffix|>"],
  ])("encodes %s as one text", (_, areControl, prefix) => {
    const { inputs, tokenizer } = recorder(areControl);
    const prompt = renderFim(format, { prefix, suffix: "|>" });

    encodeFim(tokenizer, format, prompt);

    expect(inputs).toEqual([{ input: prompt.segments, addSpecialTokens: true }]);
  });

  test("lets only the first part of code that is cut begin the text", () => {
    const { inputs, tokenizer } = recorder(false);

    encodeFim(tokenizer, format, renderFim(format, { prefix: "<|fim_suffix|>", suffix: "<|fim_pad|>" }));

    expect(inputs.map(({ addSpecialTokens }) => addSpecialTokens)).toEqual([true, false, false]);
  });
});

/** A tokenizer that remembers what it was given. */
function recorder(areControl: boolean) {
  const inputs: { input: string | readonly TextSegment[]; addSpecialTokens: boolean | undefined }[] = [];
  const tokenizer: Tokenizer = {
    ...addedTokenTokenizer(qwen, areControl),
    encode(input, { addSpecialTokens } = {}) {
      inputs.push({ input, addSpecialTokens });
      return [];
    },
  };
  return { inputs, tokenizer };
}

/** Every code point is its own id, and the added tokens follow; ordinary ones are found in any text, as published tokenizers do. */
function addedTokenTokenizer(tokens: readonly string[], areControl: boolean): Tokenizer {
  const encode = (input: string | readonly TextSegment[]): number[] => {
    const segments = typeof input === "string" ? [{ text: input, origin: "content" } as const] : input;
    const whole = segmentsText(segments);
    const trusted = segments.flatMap(({ text, origin }) => Array(text.length).fill(origin === "template"));
    const ids: number[] = [];
    for (let at = 0; at < whole.length; ) {
      const found = tokens.findIndex((token) => {
        const isThere = whole.startsWith(token, at);
        return isThere && (!areControl || trusted.slice(at, at + token.length).every(Boolean));
      });
      ids.push(found >= 0 ? 0x110000 + found : whole.charCodeAt(at));
      at += found >= 0 ? (tokens[found]?.length ?? 1) : 1;
    }
    return ids;
  };
  const tokenToId = (token: string) => (tokens.includes(token) ? 0x110000 + tokens.indexOf(token) : undefined);
  const isControl = (id: number) => areControl && id >= 0x110000;
  return { encode, tokenToId, isControl } as Partial<Tokenizer> as Tokenizer;
}
