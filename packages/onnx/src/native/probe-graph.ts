/**
 * A decoder's layer in small, by which a device shows whether it can run one: a product with 4-bit weights (`MatMulNBits`), then
 * attention with rotary positions over a shared cache (`GroupQueryAttention`), in the types that imports have. Inputs: `x` float32
 * (1, tokens, width), `past_key` and `past_value` float32 (1, 1, capacity, headDim), `seqlens_k` int32 (1) = all tokens minus 1,
 * `total_sequence_length` int32 (). Outputs: `attended` float32 (1, tokens, heads * headDim), `present_key`, `present_value`.
 */

import { encodeOnnx, type OnnxNode, type OnnxTensor, type OnnxValue } from "@palaver/formats";

const HEADS = 2;
const HEAD_DIM = 32;

export const PROBE = { width: 128, attended: HEADS * HEAD_DIM, capacity: 16, headDim: HEAD_DIM } as const;

/** The graph's bytes. */
export function probeGraph(): Uint8Array {
  return encodeOnnx({
    irVersion: 8,
    producer: "palaver",
    opsets: { "": 17, "com.microsoft": 1 },
    graph: {
      name: "probe",
      inputs: [
        floats("x", [1, "tokens", PROBE.width]),
        cache("past_key"),
        cache("past_value"),
        { name: "seqlens_k", type: "int32", shape: [1] },
        { name: "total_sequence_length", type: "int32", shape: [] },
      ],
      outputs: [floats("attended", [1, "tokens", PROBE.attended]), cache("present_key"), cache("present_value")],
      initializers: weights(),
      nodes: [product(), attention()],
    },
  });
}

/** Numbers in [0, 1) by a linear congruence (Numerical Recipes' constants), the same on every machine. */
export function probeNumbers(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}

// --- internal ---

const PACKED = (HEADS + 2) * HEAD_DIM; // one head of keys and one of values behind the queries
const BITS = 4;
// Products of 128 numbers in [-1, 1) come out between -2 and 2.
const WEIGHT_SCALE = 1 / 64;

function product(): OnnxNode {
  const sizes = { K: PROBE.width, N: PACKED, bits: BITS, block_size: PROBE.width, accuracy_level: 4 };
  return {
    op: "MatMulNBits",
    domain: "com.microsoft",
    inputs: ["x", "codes", "scales"],
    outputs: ["packed"],
    attributes: integers(sizes),
  };
}

function attention(): OnnxNode {
  return {
    op: "GroupQueryAttention",
    domain: "com.microsoft",
    inputs: ["packed", "", "", "past_key", "past_value", "seqlens_k", "total_sequence_length", "cos", "sin"],
    outputs: ["attended", "present_key", "present_value"],
    attributes: integers({ num_heads: HEADS, kv_num_heads: 1, do_rotary: 1 }),
  };
}

function weights(): OnnxTensor[] {
  const codes = Uint8Array.from(probeNumbers((PACKED * PROBE.width * BITS) / 8, 1), (number) => number * 256);
  const half = HEAD_DIM / 2;
  const angles = Float64Array.from({ length: PROBE.capacity * half }, (_, i) => {
    return Math.floor(i / half) * 10_000 ** (-(i % half) / half);
  });
  return [
    { name: "codes", type: "uint8", shape: [PACKED, 1, (PROBE.width * BITS) / 8], data: codes },
    constant("scales", [PACKED, 1], new Float32Array(PACKED).fill(WEIGHT_SCALE)),
    constant("cos", [PROBE.capacity, half], Float32Array.from(angles, Math.cos)),
    constant("sin", [PROBE.capacity, half], Float32Array.from(angles, Math.sin)),
  ];
}

function constant(name: string, shape: readonly number[], data: Float32Array): OnnxTensor {
  return { name, type: "float32", shape, data: new Uint8Array(data.buffer) };
}

function floats(name: string, shape: readonly (number | string)[]): OnnxValue {
  return { name, type: "float32", shape };
}

function cache(name: string): OnnxValue {
  return floats(name, [1, 1, "capacity", HEAD_DIM]);
}

function integers(values: Readonly<Record<string, number>>): NonNullable<OnnxNode["attributes"]> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { kind: "int", value }]));
}
