import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeSharedData } from "@palaver/test-data";
import { expect, test } from "vitest";
import { runCaptured } from "./testing/run-captured.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

temporaryFolder();

describeSharedData(
  "a real trained model (stories260K)",
  ["models/stories260K-derived", "reference/stories260K/expected.json"],
  (folder, expected) => {
    const flags = ["--raw", "--temperature", "0", "--max-tokens", "256"];

    test.each([
      ["the safetensors folder", folder],
      ["the F32 GGUF", join(folder, "stories260K-f32.gguf")],
    ])("%s continues an empty prompt with the text that its author published", async (_, model) => {
      const { greedy_200, greedy_256 } = JSON.parse(readFileSync(expected, "utf8"));

      const { code, stdout, stderr } = await runCaptured(["run", model, ...flags]);

      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout.slice(0, greedy_200.length)).toBe(greedy_200);
      expect(stdout.slice(0, greedy_256.length)).toBe(greedy_256);
    });

    test("the Q4_0 GGUF runs", async () => {
      const { code, stdout } = await runCaptured(["run", join(folder, "stories260K-q4_0.gguf"), ...flags]);

      expect(code).toBe(0);
      expect(stdout).toMatch(/^Once upon a time/);
    });
  },
);
