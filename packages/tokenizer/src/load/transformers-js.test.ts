import { readFileSync } from "node:fs";
import * as current from "@huggingface/transformers";
import { tokenizerContract } from "@palaver/core/testing";
import { describeSharedData } from "@palaver/test-data";
import * as old from "@xenova/transformers";
import { describe, expect, test } from "vitest";
import { loadTokenizer } from "./load-tokenizer.ts";
import { fromTransformersJs } from "./transformers-js.ts";

const texts = [
  "Hello, world! It's a test: 123 + 456 = 579.",
  "  two  spaces\n\nand a line\twith a tab ",
  "Führer кот 東京 한국어 ไทย עברית 👩‍👩‍👧",
  "def f(x):\n    return x ** 2  # comment",
  "",
];

/** Where their ids are not the reference's, and why; ours are. */
const divergences = new Map([
  [`@xenova/transformers t5-small ${texts[2]}`, "it drops U+200D, which the character map makes a space"],
]);
const withoutSpecial = { add_special_tokens: false };
const versions: readonly (readonly [string, Constructor, (their: TheirTokenizer, text: string) => number[]])[] = [
  // The older package takes a second text before the options.
  ["@xenova/transformers", old.PreTrainedTokenizer, (their, text) => their.encode(text, null, withoutSpecial)],
  ["@huggingface/transformers", current.PreTrainedTokenizer, (their, text) => their.encode(text, withoutSpecial)],
];

for (const [name, Theirs, encode] of versions) {
  for (const folder of ["gpt2", "smollm2-135m", "phi-3-mini", "t5-small"]) {
    describeSharedData(
      `${folder} from ${name}`,
      [`tokenizers/${folder}/tokenizer.json`, `tokenizers/${folder}/tokenizer_config.json`],
      (json, config) => {
        const theirs = new Theirs(forOlderVersions(parse(json)), parse(config));
        const tokenizer = fromTransformersJs(theirs);

        test("gives the ids that the object itself gives", () => {
          for (const text of texts) {
            const expected = encode(theirs, text);
            if (divergences.has(`${name} ${folder} ${text}`)) expect(tokenizer.encode(text)).not.toEqual(expected);
            else expect(tokenizer.encode(text), text).toEqual(expected);
          }
        });

        test("is the tokenizer of the same files", () => {
          const direct = loadTokenizer({
            "tokenizer.json": readFileSync(json),
            "tokenizer_config.json": readFileSync(config),
          });

          for (const text of texts) {
            const options = { addSpecialTokens: true };
            expect(tokenizer.encode(text, options)).toEqual(direct.encode(text, options));
          }
          expect(tokenizer.special).toEqual(direct.special);
          expect(tokenizer.vocabSize).toBe(direct.vocabSize);
        });

        const lossless = folder !== "t5-small";
        for (const contract of tokenizerContract(() => tokenizer, { lossless })) {
          test.skipIf(contract.skip !== undefined)(
            [contract.name, contract.skip].filter(Boolean).join(": "),
            contract.run,
          );
        }
      },
    );
  }
}

describe("another object", () => {
  test.each([{}, { encode: () => [] }, { model: {} }])("is refused", (object) => {
    expect(() => fromTransformersJs(object)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
  });
});

// --- internal ---

interface TheirTokenizer {
  encode(text: string, ...rest: unknown[]): number[];
}

type Constructor = new (json: object, config: object) => TheirTokenizer;

function parse(path: string): object {
  return JSON.parse(readFileSync(path, "utf8")) as object;
}

/** The older package reads merges only as "a b", not as ["a", "b"], and takes no model without a type. */
function forOlderVersions(json: object): object {
  const { model } = json as { model: { type?: string; merges?: (string | string[])[] } };
  const merges = model.merges?.map((merge) => (typeof merge === "string" ? merge : merge.join(" ")));
  return { ...json, model: { type: "Unigram", ...model, ...(merges && { merges }) } };
}
