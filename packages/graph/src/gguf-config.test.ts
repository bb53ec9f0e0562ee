import { isPalaverError } from "@palaver/core";
import type { GgufFile, GgufTensor, GgufValue } from "@palaver/formats";
import { expect, test } from "vitest";
import type { DecoderConfig } from "./decoder-config.ts";
import { plainTraits } from "./families/family.ts";
import { parseGgufConfig } from "./gguf-config.ts";

const sizes: Record<string, number> = {
  "qwen2.block_count": 24,
  "qwen2.context_length": 32768,
  "qwen2.embedding_length": 896,
  "qwen2.feed_forward_length": 4864,
  "qwen2.attention.head_count": 14,
  "qwen2.attention.head_count_kv": 2,
  "qwen2.rope.freq_base": 1e6,
  "qwen2.attention.layer_norm_rms_epsilon": 1e-6,
};

function file(
  changes: Readonly<Record<string, GgufValue | undefined>> = {},
  tensors: readonly string[] = [],
): Pick<GgufFile, "metadata" | "tensors"> {
  const metadata = new Map<string, GgufValue>([["general.architecture", { type: "string", value: "qwen2" }]]);
  for (const [key, value] of Object.entries(sizes)) metadata.set(key, { type: "float64", value });
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) metadata.delete(key);
    else metadata.set(key, value);
  }
  const tensor = (shape: readonly number[]): GgufTensor => ({ type: "F32", shape, offset: 0, byteLength: 0 });
  return {
    metadata,
    tensors: new Map([
      ["token_embd.weight", tensor([151936, 896])],
      ...tensors.map((name) => [name, tensor([1])] as const),
    ]),
  };
}

function refusal(changes: Readonly<Record<string, GgufValue | undefined>>): unknown {
  try {
    return parseGgufConfig(file(changes));
  } catch (error) {
    return error;
  }
}

test("reads Qwen2.5 0.5B", () => {
  expect(parseGgufConfig(file())).toEqual({
    family: "qwen2",
    layers: 24,
    hidden: 896,
    heads: 14,
    kvHeads: 2,
    headDim: 64,
    ffn: 4864,
    vocab: 151936,
    contextTokens: 32768,
    normEpsilon: 1e-6,
    ropeTheta: 1e6,
    ropeScaling: { type: "none" },
    rotaryDim: undefined,
    activation: "silu",
    ...plainTraits,
    attentionBias: true,
    tiedHead: true,
  });
});

test("a file with an output matrix has a head of its own", () => {
  expect(parseGgufConfig(file({}, ["output.weight"])).tiedHead).toBe(false);
});

test.each([
  [["blk.0.attn_q.bias"], true],
  [["blk.0.attn_qkv.bias"], true],
  [["blk.0.attn_qkv.weight"], false],
])("a Llama with the tensor %s: a bias on queries, keys and values is %s", (tensors, expected) => {
  const llama = Object.entries(sizes).map(([key, value]): [string, GgufValue] => [
    key.replace("qwen2.", "llama."),
    { type: "float64", value },
  ]);
  const changes = { "general.architecture": { type: "string" as const, value: "llama" }, ...Object.fromEntries(llama) };

  expect(parseGgufConfig(file(changes, tensors)).attentionBias).toBe(expected);
});

test.each<[string, Record<string, string | number>, DecoderConfig["ropeScaling"]]>([
  ["a factor without a type", { "scaling.factor": 4 }, { type: "linear", factor: 4 }],
  ["the factor's older name", { scale_linear: 2 }, { type: "linear", factor: 2 }],
  ["both names, of which the newer counts", { "scaling.factor": 4, scale_linear: 2 }, { type: "linear", factor: 4 }],
  ["the older name beside a type", { "scaling.type": "linear", scale_linear: 2 }, { type: "linear", factor: 2 }],
  ["a factor of 0", { "scaling.factor": 0 }, { type: "none" }],
  ["a type without a factor", { "scaling.type": "linear" }, { type: "none" }],
  ["the type none beside a factor", { "scaling.type": "none", "scaling.factor": 4 }, { type: "none" }],
])("rotary scaling as llama.cpp takes it: %s", (_, fields, expected) => {
  const changes = Object.entries(fields).map(([name, value]): [string, GgufValue] => [
    `qwen2.rope.${name}`,
    typeof value === "string" ? { type: "string", value } : { type: "float32", value },
  ]);

  expect(parseGgufConfig(file(Object.fromEntries(changes))).ropeScaling).toEqual(expected);
});

test("a factor beside a tensor of factors, which would replace it, is refused", () => {
  const scaled = file({ "qwen2.rope.scaling.factor": { type: "float32", value: 4 } }, ["rope_freqs.weight"]);

  expect(() => parseGgufConfig(scaled)).toThrow(expect.objectContaining({ code: "ERR_UNSUPPORTED" }));
});

test.each<[string, Record<string, GgufValue | undefined>, string]>([
  ["an unknown architecture", { "general.architecture": { type: "string", value: "mamba" } }, "ERR_UNSUPPORTED"],
  ["no architecture", { "general.architecture": undefined }, "ERR_FORMAT"],
  ["no layers", { "qwen2.block_count": undefined }, "ERR_FORMAT"],
  ["layers as text", { "qwen2.block_count": { type: "string", value: "24" } }, "ERR_FORMAT"],
  ["more layers than the limit", { "qwen2.block_count": { type: "uint64", value: 2n ** 63n } }, "ERR_FORMAT"],
  ["experts", { "qwen2.expert_count": { type: "uint32", value: 8 } }, "ERR_UNSUPPORTED"],
  ["values of another size", { "qwen2.attention.value_length": { type: "uint32", value: 32 } }, "ERR_UNSUPPORTED"],
  [
    "more rotary elements than a head has",
    { "qwen2.rope.dimension_count": { type: "uint32", value: 96 } },
    "ERR_FORMAT",
  ],
  ["YaRN", { "qwen2.rope.scaling.type": { type: "string", value: "yarn" } }, "ERR_UNSUPPORTED"],
])("%s is refused", (_, changes, code) => {
  const error = refusal(changes);

  expect(isPalaverError(error) && error.code).toBe(code);
});
