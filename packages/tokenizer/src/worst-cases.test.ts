import { readFileSync } from "node:fs";
import type { Tokenizer } from "@palaver/core";
import { describeSharedData } from "@palaver/test-data";
import { expect, test } from "vitest";
import { loadTokenizer, type TokenizerFiles } from "./index.ts";

/*
 * The bound on text that was made to be slow, in processor time and far above what is measured. How fast loading and
 * ordinary text are is for bench/tokenizer to tell.
 */

const qwen = "tokenizers/qwen2.5-0.5b-instruct";
describeSharedData("a vocabulary of 151,665 ids", [qwen], (folder) => {
  const names = ["vocab.json", "merges.txt", "tokenizer_config.json"] as const;
  const files: TokenizerFiles = Object.fromEntries(names.map((name) => [name, readFileSync(`${folder}/${name}`)]));

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
        timeOf(() => tokenizer.encode(text)),
        name,
      ).toBeLessThan(10_000);
    }
  });
});

// --- internal ---

/** Processor time in milliseconds. */
function timeOf(action: () => unknown): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
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
