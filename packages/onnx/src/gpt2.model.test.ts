import { readFile } from "node:fs/promises";
import { describeSharedData } from "@palaver/test-data";
import { expect, test } from "vitest";
import { openDecoder, openRuntime } from "./index.ts";

interface Expected {
  readonly test: string;
  readonly vectors: readonly { readonly input_ids?: readonly number[]; readonly expected_output?: readonly number[] }[];
}

describeSharedData(
  "a GPT-2 as the hub ships it, keys and values stacked",
  ["models/genai/tiny-random-gpt2-fp32/past.onnx", "reference/genai-expected/c_api_tests.json"],
  (model, reference) => {
    test.each(["native", "portable"] as const)("%s: greedy decoding gives the published ids", async (driver) => {
      const cases: Expected[] = JSON.parse(await readFile(reference!, "utf8"));
      const { vectors } = cases.find((entry) => entry.test === "GreedySearchGptFp32CAPI")!;
      const prompts = rows(vectors.find(({ input_ids }) => input_ids)!.input_ids!, 2);
      const expected = rows(vectors.find(({ expected_output }) => expected_output)!.expected_output!, 2);
      const runtime = await openRuntime({ driver, threads: 1 });
      const decoder = await openDecoder(runtime, model!, { contextTokens: 512, vocabSize: 1000 });

      const said = prompts.map((prompt) => [...prompt]);
      const caches = prompts.map(() => decoder.createCache({ capacity: 10 }));
      let tokens = prompts;
      while (said[0]!.length < expected[0]!.length) {
        // Both rows in one step, as the reference ran them in one batch.
        const logits = await decoder.step(tokens.map((row, i) => ({ cache: caches[i]!, tokens: row })));
        tokens = logits.map((row) => [row.indexOf(Math.max(...row))]);
        for (const [i, [id]] of tokens.entries()) said[i]!.push(id!);
      }
      await runtime.close();

      expect(said).toEqual(expected);
    });
  },
);

// --- internal ---

function rows(flat: readonly number[], count: number): number[][] {
  const width = flat.length / count;
  return Array.from({ length: count }, (_, row) => flat.slice(row * width, (row + 1) * width));
}
