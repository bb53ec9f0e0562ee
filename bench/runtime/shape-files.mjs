// One set of random weights in the forms that the engines read.
import { existsSync } from "node:fs";
import { copyFile, link, mkdir, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeOnnx, parseOnnx, toFloat32 } from "../../packages/formats/dist/index.js";
import {
  CacheCalibration,
  hfConfig,
  parseHfConfig,
  randomWeights,
  writeDecoder,
} from "../../packages/graph/dist/index.js";
import { shapes } from "../shapes.mjs";
import { exportGraph } from "./export-graph.mjs";
import { fusedGraph } from "./fused-graph.mjs";
import { writeGgufFile } from "./gguf-file.mjs";
import { ropeFrequencies } from "./rope-frequencies.mjs";

const SEED = 1;
const TABLE = "model.embed_tokens.weight";
const HUB_MODEL = "model_q4.onnx";
const HUB_DATA = "model_q4.onnx_data";

/** What engines read, by the name that `engines.mjs` gives it; each is written only if one of them asks for it. */
const writers = {
  "palaver.onnx": (at) => writePalaver(at, { quantize: "q4" }),
  "palaver-32.onnx": (at) => writePalaver(at, { quantize: "q4", block: 32 }),
  "palaver-int8-cache.onnx": (at) => writePalaver(at, { quantize: "q4", cacheScales: anyScales(at) }),
  "prompts.onnx": (at) => writePalaver(at, { quantize: "int8", prompts: true }),
  "prompts-int8-cache.onnx": (at) => writePalaver(at, { quantize: "int8", prompts: true, cacheScales: anyScales(at) }),
  "model.gguf": (at) => writeGgufFile(at.path, at.config, at.weights),
  fused: writeFused,
  export: writeExport,
  "export-check": writeExportCheck,
};

/** What a form is made from. */
const sources = { fused: "palaver.onnx", export: "palaver-32.onnx", "export-check": "palaver-32.onnx" };

/** Writes the named forms into a folder unless they are there, hears of each, and gives the shape's description. */
export async function writeShapeFiles(folder, shape, { names, layers, onFile }) {
  const config = parseHfConfig({ ...shapes[shape], ...(layers === undefined ? {} : { num_hidden_layers: layers }) });
  const weights = randomWeights(config, SEED);
  const wanted = new Set(names.flatMap((name) => (name in sources ? [sources[name], name] : [name])));
  for (const name of wanted) {
    const path = join(folder, name);
    const done = `${path}.done`; // what a stopped run left is written again
    if (existsSync(done)) continue;
    onFile(name);
    await rm(path, { recursive: true, force: true });
    await writers[name]({ folder, name, path, config, weights });
    await writeFile(done, "");
  }
  return config;
}

async function writePalaver({ path, name, config, weights }, form) {
  const externalName = `${name}.data`;
  const file = await open(`${path}.data`, "w");
  try {
    const sink = { write: (bytes) => file.appendFile(bytes) };
    await writeFile(path, await writeDecoder(config, weights, { sink, externalName, ...form }));
  } finally {
    await file.close();
  }
}

// One, as for a model whose caches stay empty: the numbers mean nothing then, and the time is the same.
function anyScales({ config }) {
  return new CacheCalibration(config).scales;
}

async function writeFused({ folder, path, config }) {
  const model = parseOnnx(await readFile(join(folder, "palaver.onnx")));
  await writeHub(path, config, fusedGraph(model));
  await link(join(folder, "palaver.onnx.data"), join(path, "onnx", HUB_DATA));
}

async function writeExport({ folder, path, config, weights }) {
  const { hidden, vocab } = config;
  const base = join(folder, "palaver-32.onnx");
  const { graph } = parseOnnx(await readFile(base));
  const data = join(path, "onnx", HUB_DATA);
  await mkdir(join(path, "onnx"), { recursive: true });
  await copyFile(`${base}.data`, data);
  const table = toFloat32("BF16", await weights.read(TABLE));
  const { codes, scales } = q4Rows(table);
  const blocks = hidden / 32;
  const extra = await append(data, [
    { name: "table", type: "float32", shape: [vocab, hidden], bytes: table },
    { name: "head.q4.codes", type: "uint8", shape: [vocab, blocks, 16], bytes: codes },
    { name: "head.q4.scales", type: "float32", shape: [vocab, blocks], bytes: scales },
  ]);
  const model = exportGraph(config, {
    constants: byName(graph),
    frequencies: ropeFrequencies(config),
    head: { codes: "head.q4.codes", scales: "head.q4.scales", bits: 4 },
    embedding: (list, ids, output) => list.add("Gather", ["table", ids], output, { axis: 0 }),
    extra,
  });
  await writeHub(path, config, model);
}

// The same export with the others' table: 8 bits, shared by both ends.
async function writeExportCheck({ folder, path, config }) {
  const { graph } = parseOnnx(await readFile(join(folder, "palaver-32.onnx")));
  const constants = byName(graph);
  const lookup = graph.nodes.find(({ op }) => op === "GatherBlockQuantized");
  const model = exportGraph(config, {
    constants,
    frequencies: ropeFrequencies(config),
    head: { codes: "head.codes", scales: "head.scales", bits: 8, accuracyLevel: 4 }, // 8 bits in float32 take seconds
    embedding: (list, ids, output) => {
      list.nodes.push({ ...lookup, inputs: [lookup.inputs[0], ids, lookup.inputs[2]], outputs: [output] });
    },
    extra: ["head.codes", "head.scales", lookup.inputs[0]].map((name) => constants.get(name)),
  });
  await writeHub(path, config, model);
  await link(join(folder, "palaver-32.onnx.data"), join(path, "onnx", HUB_DATA));
}

async function writeHub(path, config, model) {
  await mkdir(join(path, "onnx"), { recursive: true });
  const initializers = model.graph.initializers.map((constant) =>
    "location" in constant.data ? { ...constant, data: { ...constant.data, location: HUB_DATA } } : constant,
  );
  const encoded = encodeOnnx({ ...model, graph: { ...model.graph, initializers } });
  await writeFile(join(path, "onnx", HUB_MODEL), encoded);
  await writeFile(join(path, "config.json"), JSON.stringify(hfConfig(config)));
}

function byName({ initializers }) {
  return new Map(initializers.map((constant) => [constant.name, constant]));
}

// llama.cpp's blocks with their nibbles in the order that MatMulNBits has, and their scales in float32.
function q4Rows(values) {
  const count = values.length / 32;
  const codes = new Uint8Array(count * 16);
  const scales = new Float32Array(count);
  for (let block = 0; block < count; block++) {
    const part = values.subarray(block * 32, block * 32 + 32);
    let extreme = 0;
    for (const value of part) if (Math.abs(value) > Math.abs(extreme)) extreme = value;
    const scale = extreme / -8;
    scales[block] = scale;
    for (let i = 0; i < 32; i++) {
      const code = scale === 0 ? 8 : Math.min(15, Math.max(0, Math.round(part[i] / scale) + 8));
      codes[block * 16 + (i >> 1)] |= i & 1 ? code << 4 : code;
    }
  }
  return { codes, scales };
}

async function append(path, tensors) {
  const file = await open(path, "a");
  try {
    let { size } = await stat(path);
    const result = [];
    for (const { bytes, ...constant } of tensors) {
      const padding = -size & 4095;
      await file.appendFile(new Uint8Array(padding));
      const view = new Uint8Array(bytes.buffer);
      await file.appendFile(view);
      result.push({ ...constant, data: { location: HUB_DATA, offset: size + padding, length: view.length } });
      size += padding + view.length;
    }
    return result;
  } finally {
    await file.close();
  }
}
