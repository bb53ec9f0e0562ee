import { readFileSync } from "node:fs";
import { byteSource, type Tokenizer } from "@palaver/core";
import { parseGguf } from "@palaver/formats";
import { describeSharedData } from "@palaver/test-data";
import { loadTokenizer, tokenizerFromGguf } from "@palaver/tokenizer";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { encodeFim } from "./encode-fim.ts";
import { fimStopIds, findFim } from "./find-fim.ts";
import { renderFim } from "./render-fim.ts";

// The ids that the publishers' tokenizer files give to prefix, suffix and middle, and to the tokens that end an answer.
const families = {
  "deepseek-coder": { markers: [32016, 32015, 32017], stops: [32014, 32021] },
  "qwen-coder": { markers: [151659, 151661, 151660], stops: [151643, 151645, 151662, 151663, 151664] },
};

function describeVocabulary(
  name: keyof typeof families,
  files: readonly string[],
  load: (paths: readonly string[]) => Promise<Tokenizer> | Tokenizer,
): void {
  describeSharedData(`fill in the middle with the vocabulary of ${name}`, files, (...paths) => {
    const { markers, stops } = families[name];
    let tokenizer: Tokenizer;
    beforeAll(async () => {
      tokenizer = await load(paths);
    });

    const encode = (prefix: string, suffix: string): number[] => {
      const format = findFim(tokenizer)!;
      return encodeFim(tokenizer, format, renderFim(format, { prefix, suffix }), { addSpecialTokens: false });
    };

    test("finds its family", () => {
      expect(findFim(tokenizer)?.name).toBe(name);
    });

    test("ends with its ids", () => {
      expect(fimStopIds(findFim(tokenizer)!, tokenizer).sort((a, b) => a - b)).toEqual(expect.arrayContaining(stops));
    });

    test("sets the code between the markers, token for token", () => {
      const prefix = "def add(a, b):\n    return ";
      const suffix = "\n\nprint(add(1, 2))\n";

      expect(encode(prefix, suffix)).toEqual([
        markers[0],
        ...tokenizer.encode(prefix),
        markers[1],
        ...tokenizer.encode(suffix),
        markers[2],
      ]);
    });

    test("never takes a marker from the code", () => {
      const spelled = findFim(tokenizer)!.markers;
      const hostile = fc.array(fc.constantFrom(...spelled, ...spelled.map((s) => s.slice(0, 5)), "x", "\n"), {
        maxLength: 8,
      });
      fc.assert(
        fc.property(hostile, hostile, (before, after) => {
          const ids = encode(before.join(""), after.join(""));

          const ours = new Set(spelled.map((token) => tokenizer.tokenToId(token)));
          expect(ids.filter((id) => ours.has(id))).toEqual(markers);
          const middle = ids.indexOf(markers[1]!);
          expect(tokenizer.decode(ids.slice(1, middle))).toBe(before.join(""));
          expect(tokenizer.decode(ids.slice(middle + 1, -1))).toBe(after.join(""));
        }),
        { numRuns: 200 },
      );
    });
  });
}

describeVocabulary("deepseek-coder", ["gguf-vocab/ggml-vocab-deepseek-coder.gguf"], async ([path = ""]) =>
  tokenizerFromGguf((await parseGguf(byteSource(readFileSync(path)))).metadata),
);

describeVocabulary(
  "qwen-coder",
  ["vocab.json", "merges.txt", "tokenizer_config.json"].map((file) => `tokenizers/qwen2.5-0.5b-instruct/${file}`),
  ([vocab = "", merges = "", config = ""]) =>
    loadTokenizer({
      "vocab.json": readFileSync(vocab),
      "merges.txt": readFileSync(merges),
      "tokenizer_config.json": readFileSync(config),
    }),
);
