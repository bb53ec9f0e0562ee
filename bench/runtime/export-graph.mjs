// A decoder in the form of the exports that most of the hub's folders for Transformers.js have: what Optimum exports, with
// the settings that Transformers.js's own `scripts/quantize.py` has for q4. The sources are in this folder's README.
//
// Plain operators: norms and rotary positions in pieces, keys and values appended by `Concat` and repeated for their
// group, scores, `Softmax` and sums as products. Products with weights are `MatMulNBits` in blocks of 32 without an accuracy
// level, which means float32; the table is float32, the head 4 bits of its own, and logits are given for every position.
// Where an export computes shapes again in each layer, they are computed once here: that favours it.
import { NodeList } from "./node-list.mjs";

const FLOAT32 = 1; // onnx.TensorProto.DataType
const LAST = 2 ** 62; // to the end, in a Slice
const LOWEST = -3.4028234663852886e38;
const BLOCK = 32;

/**
 * `constants` are those of Palaver's graph in blocks of 32, by name; products take their rows. `head` is
 * `{ codes, scales, bits, accuracyLevel }`, `embedding` a function that adds the table's lookup: `(list, ids, output)`.
 */
export function exportGraph(config, { constants, frequencies, head, embedding, extra = [] }) {
  const list = new NodeList();
  const kept = new Map();
  const scope = { list, config, constants, kept };
  const { layers, kvHeads, headDim, vocab, hidden } = config;
  writeShared(list, config, frequencies);
  embedding(list, "input_ids", "x.0");
  let x = "x.0";
  for (let layer = 0; layer < layers; layer++) {
    const at = `layers.${layer}`;
    const normed = writeNorm(scope, x, `${at}.input_norm`);
    const attended = writeAttention(scope, at, layer, normed);
    const h = list.add("Add", [x, attended], `${at}.h`);
    const ffn = writeFeedForward(scope, at, writeNorm(scope, h, `${at}.ffn_norm`));
    x = list.add("Add", [h, ffn], `x.${layer + 1}`);
  }
  const last = writeNorm(scope, x, "final_norm");
  list.add("microsoft:MatMulNBits", [last, head.codes, head.scales], "logits", {
    K: hidden,
    N: vocab,
    bits: head.bits,
    block_size: BLOCK,
    ...(head.accuracyLevel === undefined ? {} : { accuracy_level: head.accuracyLevel }),
  });
  const value = (name, shape, type = "int64") => ({ name, type, shape });
  const cache = (name, length) => value(name, ["batch_size", kvHeads, length, headDim], "float32");
  const everyCache = (name, length) =>
    Array.from({ length: layers }, (_, i) =>
      ["key", "value"].map((part) => cache(`${name}.${i}.${part}`, length)),
    ).flat();
  return {
    irVersion: 8,
    producer: "palaver-bench",
    opsets: { "": 14, "com.microsoft": 1 },
    graph: {
      name: "decoder",
      inputs: [
        value("input_ids", ["batch_size", "sequence_length"]),
        value("attention_mask", ["batch_size", "total_sequence_length"]),
        value("position_ids", ["batch_size", "sequence_length"]),
        ...everyCache("past_key_values", "past_sequence_length"),
      ],
      outputs: [
        value("logits", ["batch_size", "sequence_length", vocab], "float32"),
        ...everyCache("present", "total_sequence_length"),
      ],
      initializers: [...list.initializers, ...kept.values(), ...extra],
      nodes: list.nodes,
    },
  };
}

// Cosines and sines of the positions, the mask, and the shapes that layers ask for.
function writeShared(list, { heads, kvHeads, headDim, normEpsilon }, frequencies) {
  const integer = (name, values) => list.integers(name, values);
  for (const value of [0, 1, 2, 3]) integer(`at.${value}`, [value]);
  integer("half", [headDim / 2]);
  integer("last", [LAST]);
  integer("scalar.0", 0);
  integer("scalar.1", 1);
  list.floats("two", [2]);
  list.floats("one", [1]);
  list.floats("epsilon", [normEpsilon]);
  list.floats("scale", [1 / Math.sqrt(headDim)]);
  list.floats("zero", [0]);
  list.floats("lowest", [LOWEST]);
  list.floats("frequencies", frequencies, [1, frequencies.length, 1]);

  list.add("Unsqueeze", ["position_ids", "at.1"], "positions.row");
  list.add("Cast", ["positions.row"], "positions", { to: FLOAT32 });
  list.add("MatMul", ["frequencies", "positions"], "angles.columns");
  list.add("Transpose", ["angles.columns"], "angles", { perm: [0, 2, 1] });
  list.add("Concat", ["angles", "angles"], "angles.both", { axis: -1 });
  for (const turn of ["Cos", "Sin"]) {
    list.add(turn, ["angles.both"], `${turn}.flat`);
    list.add("Unsqueeze", [`${turn}.flat`, "at.1"], turn);
  }

  list.add("Shape", ["input_ids"], "ids.shape");
  list.add("Gather", ["ids.shape", "at.0"], "batch", { axis: 0 });
  list.add("Gather", ["ids.shape", "at.1"], "sequence", { axis: 0 });
  list.add("Shape", ["attention_mask"], "mask.shape");
  list.add("Gather", ["mask.shape", "at.1"], "total", { axis: 0 });
  list.add("Squeeze", ["total", "at.0"], "total.scalar");
  list.add("Sub", ["total", "sequence"], "past");
  list.add("Squeeze", ["past", "at.0"], "past.scalar");
  list.add("Range", ["past.scalar", "total.scalar", "scalar.1"], "rows.flat");
  list.add("Unsqueeze", ["rows.flat", "at.1"], "rows");
  list.add("Range", ["scalar.0", "total.scalar", "scalar.1"], "columns");
  list.add("Greater", ["columns", "rows"], "future");
  list.add("Where", ["future", "lowest", "zero"], "causal");
  list.add("Equal", ["attention_mask", "scalar.0"], "padding.flat");
  list.add("Unsqueeze", ["padding.flat", list.integers("at.12", [1, 2])], "padding");
  list.add("Where", ["padding", "lowest", "causal"], "mask");

  const shape = (name, parts) => list.add("Concat", parts, name, { axis: 0 });
  const size = (name, value) => integer(`size.${name}`, [value]);
  const head = size("head", headDim);
  shape("shape.queries", ["batch", "sequence", size("heads", heads), head]);
  shape("shape.keys", ["batch", "sequence", size("kv", kvHeads), head]);
  shape("shape.rows", ["batch", "sequence", size("width", heads * headDim)]);
  shape("shape.group", ["batch", "size.kv", size("group", heads / kvHeads), "total", head]);
  shape("shape.repeated", ["batch", "size.heads", "total", head]);
}

function writeNorm({ list, constants, kept }, x, name) {
  const scale = keep({ constants, kept }, `${name}.scale`);
  list.add("Pow", [x, "two"], `${name}.squares`);
  list.add("ReduceMean", [`${name}.squares`], `${name}.mean`, { axes: [-1], keepdims: 1 });
  list.add("Add", [`${name}.mean`, "epsilon"], `${name}.positive`);
  list.add("Sqrt", [`${name}.positive`], `${name}.root`);
  list.add("Div", ["one", `${name}.root`], `${name}.inverse`);
  list.add("Mul", [x, `${name}.inverse`], `${name}.unit`);
  return list.add("Mul", [scale, `${name}.unit`], name);
}

function writeAttention(scope, at, layer, x) {
  const { list, config } = scope;
  const { heads, kvHeads, headDim } = config;
  const widths = { q: heads * headDim, k: kvHeads * headDim, v: kvHeads * headDim };
  let row = 0;
  for (const [part, width] of Object.entries(widths)) {
    const rows = [row, row + width];
    const flat = writeProduct(scope, `${at}.attention.qkv`, { x, output: `${at}.${part}.flat`, rows });
    row += width;
    list.add("Reshape", [flat, part === "q" ? "shape.queries" : "shape.keys"], `${at}.${part}.heads`);
    list.add("Transpose", [`${at}.${part}.heads`], `${at}.${part}`, { perm: [0, 2, 1, 3] });
  }
  const query = writeTurn(list, `${at}.q`);
  const all = { key: writeTurn(list, `${at}.k`), value: `${at}.v` };
  for (const part of ["key", "value"]) {
    const present = `present.${layer}.${part}`;
    list.add("Concat", [`past_key_values.${layer}.${part}`, all[part]], present, { axis: 2 });
    all[part] = writeRepeat(list, present, kvHeads === heads);
  }
  list.add("Transpose", [all.key], `${at}.columns`, { perm: [0, 1, 3, 2] });
  list.add("MatMul", [query, `${at}.columns`], `${at}.products`);
  list.add("Mul", [`${at}.products`, "scale"], `${at}.scores`);
  list.add("Add", [`${at}.scores`, "mask"], `${at}.masked`);
  list.add("Softmax", [`${at}.masked`], `${at}.shares`, { axis: -1 });
  list.add("MatMul", [`${at}.shares`, all.value], `${at}.sums`);
  list.add("Transpose", [`${at}.sums`], `${at}.sums.rows`, { perm: [0, 2, 1, 3] });
  list.add("Reshape", [`${at}.sums.rows`, "shape.rows"], `${at}.attended`);
  return writeProduct(scope, `${at}.attention.output`, { x: `${at}.attended`, output: `${at}.attention` });
}

// x cos + (-second half, first half) sin
function writeTurn(list, x) {
  list.add("Slice", [x, "at.0", "half", "at.3"], `${x}.first`);
  list.add("Slice", [x, "half", "last", "at.3"], `${x}.second`);
  list.add("Neg", [`${x}.second`], `${x}.negative`);
  list.add("Concat", [`${x}.negative`, `${x}.first`], `${x}.turned`, { axis: -1 });
  list.add("Mul", [x, "Cos"], `${x}.cos`);
  list.add("Mul", [`${x}.turned`, "Sin"], `${x}.sin`);
  return list.add("Add", [`${x}.cos`, `${x}.sin`], `${x}.rotary`);
}

function writeRepeat(list, x, isSingle) {
  if (isSingle) return x;
  list.add("Unsqueeze", [x, "at.2"], `${x}.single`);
  list.add("Expand", [`${x}.single`, "shape.group"], `${x}.group`);
  return list.add("Reshape", [`${x}.group`, "shape.repeated"], `${x}.repeated`);
}

function writeFeedForward(scope, at, x) {
  const { list } = scope;
  const gate = writeProduct(scope, `${at}.ffn.gate`, { x, output: `${at}.gate` });
  list.add("Sigmoid", [gate], `${at}.sigmoid`);
  list.add("Mul", [gate, `${at}.sigmoid`], `${at}.silu`);
  const up = writeProduct(scope, `${at}.ffn.up`, { x, output: `${at}.up` });
  list.add("Mul", [`${at}.silu`, up], `${at}.gated`);
  return writeProduct(scope, `${at}.ffn.down`, { x: `${at}.gated`, output: `${at}.down` });
}

function writeProduct(scope, name, { x, output, rows }) {
  const { list, constants } = scope;
  const [width, blocks] = constants.get(`${name}.codes`).shape;
  const [first, end] = rows ?? [0, width];
  const part = rows === undefined ? "" : `.${first}`;
  const codes = keep(scope, `${name}.codes`, { rows, as: `${name}.codes${part}` });
  const scales = keep(scope, `${name}.scales`, { rows, as: `${name}.scales${part}` });
  const hasBias = constants.has(`${name}.bias`);
  const product = hasBias ? `${output}.product` : output;
  list.add("microsoft:MatMulNBits", [x, codes, scales], product, {
    K: blocks * BLOCK,
    N: end - first,
    bits: 4,
    block_size: BLOCK,
  });
  if (!hasBias) return product;
  return list.add("Add", [keep(scope, `${name}.bias`, { rows, as: `${name}.bias${part}` }), product], output);
}

// A constant of Palaver's graph, or some of its rows where it packs what an export has apart.
function keep({ constants, kept }, name, { rows, as = name } = {}) {
  const { shape, data, ...constant } = constants.get(name);
  const rowBytes = (data.byteLength ?? data.length) / shape[0];
  const [first, end] = rows ?? [0, shape[0]];
  const [from, to] = [first * rowBytes, end * rowBytes];
  const bytes =
    data instanceof Uint8Array ? data.subarray(from, to) : { ...data, offset: data.offset + from, length: to - from };
  kept.set(as, { ...constant, name: as, shape: [end - first, ...shape.slice(1)], data: bytes });
  return as;
}
