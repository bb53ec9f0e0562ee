import { byteSource } from "@palaver/core";
import { encodeGguf, type GgmlType, parseGguf, quantizeQ4_0, quantizeQ8_0 } from "@palaver/formats";
import { expect, test } from "vitest";
import { ggufWeights } from "./gguf-weights.ts";
import { tinyConfig } from "./testing/random-model.ts";

const COLUMNS = 32;
const ROWS = 3 * tinyConfig.headDim;

/** llama.cpp's `permute`: `reshape(heads, 2, headDim / 2, columns).swapaxes(1, 2)`. */
function permuted(values: Float32Array, columns: number): Float32Array {
  const half = tinyConfig.headDim / 2;
  const result = new Float32Array(values.length);
  let next = 0;
  for (let head = 0; head < values.length / columns / tinyConfig.headDim; head++) {
    for (let pair = 0; pair < half; pair++) {
      for (const side of [0, 1]) {
        const row = (head * 2 + side) * half + pair;
        result.set(values.subarray(row * columns, (row + 1) * columns), next++ * columns);
      }
    }
  }
  return result;
}

const encoders: [GgmlType, (values: Float32Array) => Uint8Array][] = [
  ["F32", (values) => new Uint8Array(values.slice().buffer)],
  ["Q4_0", quantizeQ4_0],
  ["Q8_0", quantizeQ8_0],
];

async function weightsOf(name: string, type: GgmlType, shape: readonly number[], bytes: Uint8Array, family: string) {
  const source = byteSource(encodeGguf({ tensors: new Map([[name, { type, shape, bytes }]]) }));
  return ggufWeights(source, await parseGguf(source), { ...tinyConfig, family });
}

test.each(encoders)("%s rows of llama's queries and keys come back in halves, whole", async (type, encode) => {
  const values = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => Math.sin(i));
  for (const part of ["q", "k"]) {
    const bytes = encode(permuted(values, COLUMNS));
    const weights = await weightsOf(`blk.7.attn_${part}.weight`, type, [ROWS, COLUMNS], bytes, "llama");

    expect(await weights.read(`model.layers.7.self_attn.${part}_proj.weight`)).toEqual(encode(values));
  }
});

test("where a part of a head turns, only its rows come back in halves", async () => {
  const config = { ...tinyConfig, headDim: 6, rotaryDim: 4 };
  const rows = (order: readonly number[]) => new Uint8Array(Float32Array.from(order).buffer);
  const tensors = new Map([
    [
      "blk.0.attn_q.weight",
      { type: "F32" as const, shape: [12, 1], bytes: rows([0, 2, 1, 3, 4, 5, 6, 8, 7, 9, 10, 11]) },
    ],
  ]);
  const source = byteSource(encodeGguf({ tensors }));
  const weights = ggufWeights(source, await parseGguf(source), config);

  expect(await weights.read("model.layers.0.self_attn.q_proj.weight")).toEqual(rows([...Array(12).keys()]));
});

test("a bias of llama's queries comes back in halves", async () => {
  const values = Float32Array.from({ length: ROWS }, (_, i) => i);
  const bytes = new Uint8Array(permuted(values, 1).buffer);
  const weights = await weightsOf("blk.0.attn_q.bias", "F32", [ROWS], bytes, "llama");

  expect(await weights.read("model.layers.0.self_attn.q_proj.bias")).toEqual(new Uint8Array(values.buffer));
});

test.each([
  ["values", "llama", "blk.0.attn_v.weight", "model.layers.0.self_attn.v_proj.weight"],
  ["Qwen2's queries", "qwen2", "blk.0.attn_q.weight", "model.layers.0.self_attn.q_proj.weight"],
])("rows of %s stay as they are", async (_, family, name, canonical) => {
  const bytes = Uint8Array.from({ length: ROWS * COLUMNS * 4 }, (_, i) => i);
  const weights = await weightsOf(name, "F32", [ROWS, COLUMNS], bytes, family);

  expect(await weights.read(canonical)).toEqual(bytes);
});

test.each([
  ["token_embd.weight", "model.embed_tokens.weight"],
  ["output_norm.weight", "model.norm.weight"],
  ["output.weight", "lm_head.weight"],
  ["blk.31.ffn_down.weight", "model.layers.31.mlp.down_proj.weight"],
  ["blk.0.ffn_gate_exps.weight", "blk.0.ffn_gate_exps.weight"],
  ["rope_freqs.weight", "rope_freqs.weight"],
  ["constructor.weight", "constructor.weight"],
])("%s is called %s", async (original, name) => {
  const weights = await weightsOf(original, "F32", [1], new Uint8Array(4), "llama");

  expect([...weights.tensors.keys()]).toEqual([name]);
});

test("a tensor of a type that cannot be widened is refused by name", async () => {
  await expect(weightsOf("output.weight", "IQ4_NL", [1, 32], new Uint8Array(18), "llama")).rejects.toMatchObject({
    code: "ERR_UNSUPPORTED",
    details: { tensor: "output.weight", type: "IQ4_NL" },
  });
});

test("queries that are no whole heads are refused", async () => {
  const weights = await weightsOf("blk.0.attn_q.weight", "F32", [5, 2], new Uint8Array(40), "llama");

  await expect(weights.read("model.layers.0.self_attn.q_proj.weight")).rejects.toMatchObject({ code: "ERR_FORMAT" });
});

/** Queries of two heads, keys and values of one: their rows, as a file that keeps them apart has them. */
const PARTS = { q: 2 * tinyConfig.headDim, k: tinyConfig.headDim, v: tinyConfig.headDim };
const FUSED_ROWS = PARTS.q + PARTS.k + PARTS.v;
const fusedConfig = { ...tinyConfig, heads: 2, kvHeads: 1 };

test.each(
  encoders.flatMap(([type, encode]) => ["llama", "qwen2", "qwen3"].map((family) => [type, family, encode] as const)),
)("queries, keys and values in one %s tensor of %s are those of three", async (type, family, encode) => {
  const values = Float32Array.from({ length: FUSED_ROWS * COLUMNS }, (_, i) => Math.cos(i));
  const tensors = new Map([
    ["blk.3.attn_qkv.weight", { type, shape: [FUSED_ROWS, COLUMNS], bytes: encode(values) }],
    ["blk.3.attn_qkv.bias", { type: "F32" as const, shape: [FUSED_ROWS], bytes: encodeFloats(values, FUSED_ROWS) }],
  ]);
  let start = 0;
  const apart = new Map<string, { type: GgmlType; shape: number[]; bytes: Uint8Array }>();
  for (const [part, rows] of Object.entries(PARTS)) {
    const bytes = encode(values.slice(start * COLUMNS, (start + rows) * COLUMNS));
    apart.set(`blk.3.attn_${part}.weight`, { type, shape: [rows, COLUMNS], bytes });
    const bias = encodeFloats(values.subarray(start), rows);
    apart.set(`blk.3.attn_${part}.bias`, { type: "F32", shape: [rows], bytes: bias });
    start += rows;
  }

  const fused = await weightsIn(tensors, family);
  const expected = await weightsIn(apart, family);

  expect([...fused.tensors].sort()).toEqual([...expected.tensors].sort());
  for (const name of expected.tensors.keys()) expect(await fused.read(name), name).toEqual(await expected.read(name));
});

test("queries, keys and values in one tensor of other rows are refused by its name", async () => {
  const bytes = encodeFloats(new Float32Array(FUSED_ROWS + 1), FUSED_ROWS + 1);
  const tensors = new Map([["blk.0.attn_qkv.bias", { type: "F32" as const, shape: [FUSED_ROWS + 1], bytes }]]);

  await expect(weightsIn(tensors, "llama")).rejects.toMatchObject({
    code: "ERR_FORMAT",
    message: expect.stringContaining(`blk.0.attn_qkv.bias has ${FUSED_ROWS + 1} rows`),
    details: { tensor: "blk.0.attn_qkv.bias" },
  });
});

test.each(Object.entries(PARTS))(
  "a file that has attn_%s beside all three in one tensor is refused",
  async (part, rows) => {
    const name = `blk.0.attn_${part}.bias`;
    const tensor = (length: number) => ({
      type: "F32" as const,
      shape: [length],
      bytes: encodeFloats(new Float32Array(length), length),
    });
    const tensors = new Map([
      ["blk.0.attn_qkv.bias", tensor(FUSED_ROWS)],
      [name, tensor(rows)],
    ]);

    await expect(weightsIn(tensors, "qwen2")).rejects.toMatchObject({ code: "ERR_FORMAT", details: { tensor: name } });
  },
);

function encodeFloats(values: Float32Array, length: number): Uint8Array {
  return new Uint8Array(values.slice(0, length).buffer);
}

async function weightsIn(
  tensors: ReadonlyMap<string, { type: GgmlType; shape: number[]; bytes: Uint8Array }>,
  family: string,
) {
  const source = byteSource(encodeGguf({ tensors }));
  return ggufWeights(source, await parseGguf(source), { ...fusedConfig, family });
}
