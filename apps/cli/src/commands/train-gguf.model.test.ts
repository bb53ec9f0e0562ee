import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeSharedData } from "@palaver/test-data";
import { expect, test } from "vitest";
import { runCaptured } from "../testing/run-captured.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const folder = temporaryFolder();
const text = "Zob the robot likes green apples.";

async function lossOf(model: string): Promise<number> {
  const { stdout } = await runCaptured(["score", model, text, "--json"]);
  return -JSON.parse(stdout).logprob;
}

describeSharedData(
  "training on a GGUF (stories260K, Q4_0)",
  "models/stories260K-derived/stories260K-q4_0.gguf",
  (gguf) => {
    test.each([
      ["all its weights", []],
      ["low-rank changes, merged", ["--lora", "8", "--merge"]],
    ])("%s: the text becomes far more probable, and the result needs nothing of the GGUF", async (name, flags) => {
      const [data, output] = [join(folder, "data.txt"), join(folder, name.replaceAll(" ", "-"))];
      writeFileSync(data, text);
      const sizes = ["--batch", "1", "--tokens", "32", "--steps", "20", "--learning-rate", "0.005", "--threads", "1"];

      const { code, stderr } = await runCaptured([
        "train",
        "--model",
        gguf,
        "--data",
        data,
        "-o",
        output,
        ...sizes,
        ...flags,
      ]);

      expect(code, stderr).toBe(0);
      expect(await lossOf(output)).toBeLessThan((await lossOf(gguf)) / 2);
    });
  },
);
