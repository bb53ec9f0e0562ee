import { readFileSync } from "node:fs";
import type { Tokenizer } from "@palaver/core";
import { describeSharedData } from "@palaver/test-data";
import { expect, test } from "vitest";
import { loadTokenizer, type TokenizerFiles } from "./index.ts";

/*
 * Bounds that the package promises, in processor time so that a busy machine does not break them. The figures measured
 * beside other tokenizers are in bench/tokenizer.
 */

const qwen = "tokenizers/qwen2.5-0.5b-instruct";
describeSharedData(
  "a vocabulary of 151,665 ids",
  [qwen, "dialogue/tinystories/tinystories_1000.json"],
  (folder, stories) => {
    const names = ["vocab.json", "merges.txt", "tokenizer_config.json"] as const;
    const files: TokenizerFiles = Object.fromEntries(names.map((name) => [name, readFileSync(`${folder}/${name}`)]));

    test("loads in at most 200 ms", () => {
      expect(bestOf(4, () => loadTokenizer(files))).toBeLessThan(200);
    });

    test("encodes English prose at 2 million characters a second or more", () => {
      const tokenizer = loadTokenizer(files);
      const text = readFileSync(stories, "utf8").slice(0, 500_000);

      expect(bestOf(3, () => tokenizer.encode(text))).toBeLessThan(text.length / 2000);
    });

    const worst = [
      ["one letter", "a".repeat(1_000_000)],
      ["spaces", " ".repeat(1_000_000)],
      ["random letters", randomLetters(1_000_000)],
      ["emoji", "😀".repeat(500_000)],
    ] as const;
    const vocabularies: [string, () => Tokenizer][] = [
      ["Qwen 2.5", () => loadTokenizer(files)],
      ["Phi 3", () => loadTokenizer({ "tokenizer.json": readFileSync(`${folder}/../phi-3-mini/tokenizer.json`) })],
      ["T5", () => loadTokenizer({ "tokenizer.json": readFileSync(`${folder}/../t5-small/tokenizer.json`) })],
    ];
    test.each(vocabularies)("a megabyte that means nothing takes %s at most 10 microseconds a character", (_, make) => {
      const tokenizer = make();

      for (const [name, text] of worst) {
        expect(
          bestOf(1, () => tokenizer.encode(text)),
          name,
        ).toBeLessThan(10_000);
      }
    });
  },
);

// --- internal ---

/** The least processor time of some runs, in milliseconds. */
function bestOf(runs: number, action: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    action();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

function randomLetters(length: number): string {
  let state = 1;
  let text = "";
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += String.fromCharCode(97 + ((state >>> 16) % 26));
  }
  return text;
}
