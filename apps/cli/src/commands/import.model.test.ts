import { join } from "node:path";
import { writeTinyModel } from "@palaver/test-model";
import { beforeAll, expect, test } from "vitest";
import { runCaptured } from "../testing/run-captured.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const folder = temporaryFolder();
const model = join(folder, "tiny");

beforeAll(() => writeTinyModel(model, {}));

test("an import with a graph for prompts scores a prompt by it", async () => {
  const imports = {
    both: ["--quantize", "q4", "--prefill", "int8"],
    int8: ["--quantize", "int8"],
    q4: ["--quantize", "q4"],
  };
  const logprobs: Record<string, number> = {};
  for (const [name, flags] of Object.entries(imports)) {
    const path = join(folder, name);
    await runCaptured(["import", model, "-o", path, ...flags]);
    logprobs[name] = JSON.parse((await runCaptured(["score", path, "hello there", "--json"])).stdout).logprob;
  }

  expect(logprobs.both).toBe(logprobs.int8);
  expect(logprobs.both).not.toBe(logprobs.q4);
});
