import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Decoder, Runtime } from "@palaver/core";
import { parseHfConfig, randomWeights, writeDecoder } from "@palaver/graph";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRuntime } from "../open-runtime.ts";
import { openDecoder } from "./open-decoder.ts";

const FIELDS = {
  architectures: ["LlamaForCausalLM"],
  hidden_size: 128,
  intermediate_size: 256,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  vocab_size: 300,
  max_position_embeddings: 128,
  tie_word_embeddings: true,
};
const PROMPT = Array.from({ length: 67 }, (_, i) => (i * 37) % 300);

let folder: string;
let model: string;
let prefillModel: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "palaver-onnx-"));
  model = await write("model.onnx", "q4");
  prefillModel = await write("prefill.onnx", "int8");
});

afterAll(() => rm(folder, { recursive: true }));

describe.each(["native", "portable"] as const)("a graph for prompts on the %s driver", (driver) => {
  let runtime: Runtime;

  beforeAll(async () => {
    runtime = await openRuntime({ driver, device: "cpu", threads: 1 });
  });
  afterAll(() => runtime.close());

  test("gives what it would give alone for a prompt, and the first graph's numbers for a token", async () => {
    const both = await openDecoder(runtime, model, { contextTokens: 128, prefillModel });
    const int8 = await openDecoder(runtime, prefillModel, { contextTokens: 128 });
    const q4 = await openDecoder(runtime, model, { contextTokens: 128 });

    expect(await logits(both, PROMPT)).toEqual(await logits(int8, PROMPT));
    expect(await logits(both, [7])).toEqual(await logits(q4, [7]));
    expect(await logits(both, [7])).not.toEqual(await logits(int8, [7]));
  });

  test("does not make the cut of a prompt matter, not by a bit", async () => {
    const whole = await openDecoder(runtime, model, { contextTokens: 128, prefillModel });
    const expected = await next(whole, [PROMPT]);

    expect(await next(whole, [PROMPT.slice(0, 64), PROMPT.slice(64)])).toEqual(expected);
    expect(await next(whole, [PROMPT.slice(0, 7), PROMPT.slice(7, 40), PROMPT.slice(40)])).toEqual(expected);
    for (const prefillTokens of [5, 16, 64]) {
      const pieces = await openDecoder(runtime, model, { contextTokens: 128, prefillModel, prefillTokens });
      expect(await next(pieces, [PROMPT]), `runs of ${prefillTokens}`).toEqual(expected);
      await pieces.close();
    }
  });

  test("has to have the first graph's inputs and outputs", async () => {
    const other = await write(`other-${driver}.onnx`, "int8", { ...FIELDS, num_hidden_layers: 1 });

    const opening = openDecoder(runtime, model, { contextTokens: 128, prefillModel: other });

    await expect(opening).rejects.toMatchObject({ code: "ERR_FORMAT" });
  });
});

// --- internal ---

async function write(name: string, quantize: "q4" | "int8", fields: typeof FIELDS = FIELDS): Promise<string> {
  const config = parseHfConfig(fields);
  const data = await open(join(folder, `${name}.data`), "w");
  const sink = { write: (bytes: Uint8Array) => data.appendFile(bytes) };
  const graph = await writeDecoder(config, randomWeights(config, 1), { sink, externalName: `${name}.data`, quantize });
  await data.close();
  await writeFile(join(folder, name), graph);
  return join(folder, name);
}

async function logits(decoder: Decoder, tokens: readonly number[]): Promise<Float32Array> {
  const cache = decoder.createCache();
  const [result] = await decoder.step([{ cache, tokens, logits: "all" }]);
  cache.close();
  return result!;
}

/** The logits of one token after steps. */
async function next(decoder: Decoder, steps: readonly (readonly number[])[]): Promise<Float32Array> {
  const cache = decoder.createCache();
  for (const tokens of steps) await decoder.step([{ cache, tokens, logits: "none" }]);
  const [result] = await decoder.step([{ cache, tokens: [9] }]);
  cache.close();
  return result!;
}
