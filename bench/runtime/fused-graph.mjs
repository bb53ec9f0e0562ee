// Palaver's decoder graph behind the inputs of the hub's: growing caches, a mask in place of counts. That is the form in which
// the model builder of onnxruntime-genai writes decoders; the sources are in this folder's README.

const INT32 = 6; // onnx.TensorProto.DataType

/** The same weights and operations behind the hub's inputs; for a batch of one. */
export function fusedGraph(model) {
  const { graph } = model;
  const value = (name, type, shape) => ({ name, type, shape });
  // Transformers.js makes the first, empty caches by these names: sizes that it knows, and 0 for the others.
  const renamed = (values, length) => {
    const names = { batch: "batch_size", capacity: length };
    return values.map((entry) => ({ ...entry, shape: entry.shape.map((size) => names[size] ?? size) }));
  };
  const caches = graph.inputs.filter(({ name }) => name.startsWith("past_key_values."));
  const presents = graph.outputs.filter(({ name }) => name.startsWith("present."));
  const vocab = graph.outputs.find(({ name }) => name === "logits").shape.at(-1);
  return {
    irVersion: model.irVersion,
    producer: "palaver-bench",
    opsets: model.opsets,
    graph: {
      name: "decoder",
      inputs: [
        value("input_ids", "int64", ["batch_size", "sequence_length"]),
        value("attention_mask", "int64", ["batch_size", "total_sequence_length"]),
        // Transformers.js asks for the last position only where a graph has this input.
        value("num_logits_to_keep", "int64", []),
        ...renamed(caches, "past_sequence_length"),
      ],
      outputs: [value("logits", "float32", [1, "rows", vocab]), ...renamed(presents, "total_sequence_length")],
      initializers: [
        ...graph.initializers,
        constant("hub.one", [], 1),
        constant("hub.axis", [1], 1),
        constant("hub.front", [1], 0),
      ],
      nodes: [
        node("ReduceSum", ["attention_mask", "hub.axis"], "hub.tokens", { keepdims: int(0) }),
        node("Sub", ["hub.tokens", "hub.one"], "hub.last"),
        node("Cast", ["hub.last"], "seqlens_k", { to: int(INT32) }),
        node("Shape", ["attention_mask"], "hub.mask_shape"),
        node("Gather", ["hub.mask_shape", "hub.one"], "hub.total", { axis: int(0) }),
        node("Cast", ["hub.total"], "total_sequence_length", { to: int(INT32) }),
        node("Shape", ["input_ids"], "hub.ids_shape"),
        node("Gather", ["hub.ids_shape", "hub.one"], "hub.sequence", { axis: int(0) }),
        node("Sub", ["hub.sequence", "num_logits_to_keep"], "hub.first_row"),
        node("Range", ["hub.first_row", "hub.sequence", "hub.one"], "logit_rows"),
        ...graph.nodes.map((entry) => ({
          ...entry,
          outputs: entry.outputs.map((name) => (name === "logits" ? "hub.logit_rows" : name)),
        })),
        node("Unsqueeze", ["hub.logit_rows", "hub.front"], "logits"),
      ],
    },
  };
}

function node(op, inputs, output, attributes = {}) {
  return { op, inputs, outputs: [output], attributes };
}

function int(value) {
  return { kind: "int", value };
}

function constant(name, shape, value) {
  return { name, type: "int64", shape, data: new Uint8Array(BigInt64Array.of(BigInt(value)).buffer) };
}
