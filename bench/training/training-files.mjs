// Weights and a batch that both sides read: `tensors.bin` with one tensor after the other, `tensors.json` with their places.
import { openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { writeTraining } from "../../packages/graph/dist/index.js";

const form = {
  family: "llama",
  contextTokens: 2048,
  normEpsilon: 1e-5,
  ropeTheta: 10_000,
  ropeScaling: { type: "none" },
  attentionBias: false,
  outputBias: false,
  qkNorm: false,
  packedProjections: false,
  globalLayers: [],
  activation: "silu",
  normOffset: 0,
  postNorms: false,
  embeddingScale: 1,
  tiedHead: true,
};

export const shapes = {
  "3M": { ...form, vocab: 2048, hidden: 192, layers: 6, heads: 6, kvHeads: 2, headDim: 32, ffn: 640 },
  "10M": { ...form, vocab: 4096, hidden: 320, layers: 7, heads: 10, kvHeads: 2, headDim: 32, ffn: 864 },
};

/** Writes a shape's random weights and one batch of two packed sequences a row; every second token is predicted. */
export function writeTrainingFiles(folder, config, { rows, tokens }) {
  const random = generator(1);
  const tensors = [];
  for (const { name, shape, decay } of writeTraining(config).parameters) {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = Float32Array.from({ length: size }, () => (decay ? 0.07 * (random() - 0.5) : 0.5 + random()));
    tensors.push({ name, shape, type: "float32", values, decay });
  }
  const count = rows * tokens;
  const id = () => BigInt(Math.floor(random() ** 2 * config.vocab)); // frequent ids and rare ones
  const segment = (i) => (i % tokens < tokens / 4 ? 1 : 2);
  const first = (i) => (segment(i) === 1 ? 0 : tokens / 4);
  const labels = count / 2;
  const long = (length, value) => BigInt64Array.from({ length }, (_, i) => BigInt(value(i)));
  tensors.push(
    { name: "ids", shape: [rows, tokens], type: "int64", values: long(count, id) },
    { name: "positions", shape: [rows, tokens], type: "int64", values: long(count, (i) => (i % tokens) - first(i)) },
    {
      name: "segments",
      shape: [rows, tokens],
      type: "int32",
      values: Int32Array.from({ length: count }, (_, i) => segment(i)),
    },
    { name: "label_rows", shape: [labels], type: "int64", values: long(labels, (i) => 2 * i) },
    { name: "labels", shape: [labels], type: "int64", values: long(labels, id) },
    { name: "label_weights", shape: [labels], type: "float32", values: new Float32Array(labels).fill(1 / labels) },
  );
  writeTensors(join(folder, "tensors"), tensors);
  writeFileSync(join(folder, "config.json"), JSON.stringify({ ...config, rows, tokens, labels }));
}

/** Writes tensors to `PATH.bin` and their places to `PATH.json`. */
export function writeTensors(path, tensors) {
  const file = openSync(`${path}.bin`, "w");
  let offset = 0;
  const places = tensors.map(({ values, ...tensor }) => {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    writeSync(file, bytes);
    const place = { ...tensor, offset, bytes: bytes.length };
    offset += bytes.length;
    return place;
  });
  writeFileSync(`${path}.json`, JSON.stringify(places));
}

/** Reads what `writeTensors` wrote. */
export function readTensors(path) {
  const arrays = { float32: Float32Array, int64: BigInt64Array, int32: Int32Array };
  const bytes = readFileSync(`${path}.bin`);
  return JSON.parse(readFileSync(`${path}.json`, "utf8")).map(({ offset, bytes: length, ...tensor }) => {
    const part = bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + length);
    return { ...tensor, values: new arrays[tensor.type](part) };
  });
}

// Mulberry32
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
