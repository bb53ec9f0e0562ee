import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeSharedData } from "@palaver/test-data";
import { beforeAll, expect, test } from "vitest";
import { runCaptured } from "../testing/run-captured.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

/** Three imports with two calibrations take 2 s, and ten times that on a busy machine. */
const SLOW_MS = 60_000;

const data = ["models/stories260K-derived", "reference/stories260K/expected.json", "dialogue/tinystories"] as const;

describeSharedData("int8 caches of stories260K", data, (checkpoint, reference, tinyStories) => {
  const folder = temporaryFolder();
  const text = join(folder, "calibration.txt");

  beforeAll(async () => {
    writeFileSync(text, stories(tinyStories!).slice(0, 5).join("\n"));
    await runCaptured(["import", checkpoint!, "-o", join(folder, "float32")]);
    await runCaptured(["import", checkpoint!, "-o", join(folder, "sample"), "--cache", "int8"]);
    const calibrated = ["--cache", "int8", "--calibrate-text", text];
    await runCaptured(["import", checkpoint!, "-o", join(folder, "stories"), ...calibrated]);
  }, SLOW_MS);

  // Measured over 17,284 tokens: 0.6 % more with either text.
  test.each(["sample", "stories"])(
    "calibrated with the %s they change perplexity by less than 3 %",
    async (name) => {
      const { greedy_256: published } = JSON.parse(readFileSync(reference!, "utf8"));

      for (const story of [published, stories(tinyStories!)[200]!]) {
        const change = (await perplexity(name, story)) / (await perplexity("float32", story)) - 1;
        expect(change, story.slice(0, 40)).not.toBe(0);
        expect(Math.abs(change), story.slice(0, 40)).toBeLessThan(0.03);
      }
    },
    SLOW_MS,
  );

  async function perplexity(name: string, story: string): Promise<number> {
    const scored = await runCaptured(["score", join(folder, name), "--json", story.slice(0, 1000)]);
    return JSON.parse(scored.stdout).perplexity;
  }
});

// --- internal ---

function stories(folder: string): string[] {
  return JSON.parse(readFileSync(join(folder, "tinystories_1000.json"), "utf8"));
}
