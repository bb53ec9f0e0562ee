import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeOnnx, type OnnxNode, type OnnxValue, parseOnnx } from "@palaver/formats";
import { writeTinyModel } from "@palaver/test-model";
import { beforeAll, expect, test } from "vitest";
import { runCaptured } from "./testing/run-captured.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const folder = temporaryFolder();
const model = join(folder, "tiny");
const hub = join(folder, "hub");

const FLOAT = { "": 1, "16": 10 } as const;

function cast(from: string, to: string, type: keyof typeof FLOAT): OnnxNode {
  return { op: "Cast", inputs: [from], outputs: [to], attributes: { to: { kind: "int", value: FLOAT[type] } } };
}

/** The graph with every float that it takes or gives in 16 bits, as the Hub's fp16 graphs have them, and without its metadata. */
function halfOutside(bytes: Uint8Array): Uint8Array {
  const { metadata: _, ...onnx } = parseOnnx(bytes);
  const { inputs, outputs, nodes } = onnx.graph;
  const halved = (values: readonly OnnxValue[]) =>
    values.map((value) => (value.type === "float32" ? { ...value, type: "float16" as const } : value));
  const floats = (values: readonly OnnxValue[]) => values.filter(({ type }) => type === "float32");
  const outside = new Set([...floats(inputs), ...floats(outputs)].map(({ name }) => name));
  const inside = (name: string) => (outside.has(name) ? `${name}.wide` : name);
  const widened = nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(inside),
    outputs: node.outputs.map(inside),
  }));
  return encodeOnnx({
    ...onnx,
    graph: {
      ...onnx.graph,
      inputs: halved(inputs),
      outputs: halved(outputs),
      nodes: [
        ...floats(inputs).map(({ name }) => cast(name, inside(name), "")),
        ...widened,
        ...floats(outputs).map(({ name }) => cast(inside(name), name, "16")),
      ],
    },
  });
}

beforeAll(async () => {
  writeTinyModel(model);
  const imported = join(folder, "imported");
  await runCaptured(["import", model, "-o", imported]);
  mkdirSync(join(hub, "onnx"), { recursive: true });
  for (const name of ["config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja"])
    cpSync(join(model, name), join(hub, name));
  copyFileSync(join(imported, "model.onnx.data"), join(hub, "onnx", "model.onnx.data"));
  writeFileSync(join(hub, "onnx", "model_fp16.onnx"), halfOutside(readFileSync(join(imported, "model.onnx"))));
});

test.each(["native", "portable"])("%s: a float16 graph scores a text as the float32 model does", async (driver) => {
  const score = async (...args: string[]) =>
    JSON.parse((await runCaptured(["score", ...args, "--driver", driver, "--json", "Some words to score."])).stdout);

  const half = await score(hub, "--dtype", "fp16");
  const full = await score(model);

  // 11 bits of keys, values and logits; a token's share of the difference stays below a hundredth.
  expect(half.logprob).not.toBe(full.logprob);
  expect(Math.abs(half.logprob - full.logprob) / full.tokens.length).toBeLessThan(0.01);
});

test("a float16 graph answers, and show tells its dtype", async () => {
  const { code, stdout } = await runCaptured(["run", hub, "--dtype", "fp16", "--max-tokens", "4", "--json", "Hi"]);
  const shown = JSON.parse((await runCaptured(["show", hub, "--json"])).stdout);

  expect(code).toBe(0);
  expect(JSON.parse(stdout).usage.completionTokens).toBe(4);
  expect(shown).toMatchObject({ architecture: "llama", quantization: "fp16", import: null });
  expect(shown.memory.weightsBytes).toBeGreaterThan(4 * 70_000);
  // The tied table of 261 times 64, and two layers.
  expect(shown).toMatchObject({ parameters: "78.1K", cache: "float16" });
});

test("show tells of a genai folder what only its graph says", async () => {
  const genai = join(folder, "genai");
  mkdirSync(genai);
  copyFileSync(join(hub, "onnx", "model.onnx.data"), join(genai, "model.onnx.data"));
  copyFileSync(join(hub, "onnx", "model_fp16.onnx"), join(genai, "model.onnx"));
  const decoder = {
    head_size: 16,
    hidden_size: 64,
    num_attention_heads: 4,
    num_hidden_layers: 2,
    num_key_value_heads: 2,
  };
  const json = { model: { type: "llama", context_length: 512, vocab_size: 261, decoder } };
  writeFileSync(join(genai, "genai_config.json"), JSON.stringify(json));

  const shown = JSON.parse((await runCaptured(["show", genai, "--context", "100", "--json"])).stdout);

  expect(shown).toMatchObject({ parameters: "78.1K", quantization: "fp32", cache: "float16" });
  // 2 layers, keys and values, 2 heads of 16, float16; twice, since they grow.
  expect(shown.memory.cacheBytes).toBe(2 * 2 * 2 * 2 * 16 * 2 * 100);
  // The stream and its norm, three of the feed-forward layer, the scores of 4 heads.
  expect(shown.memory.activationBytes).toBe(4 * 100 * (2 * 64 + 3 * 96 + 4 * 100));
});
