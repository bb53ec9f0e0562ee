/** Collects a graph's operations and small constants; attributes are plain values, `{ float }` where a number is not an integer. */
export class NodeList {
  nodes = [];
  initializers = [];

  /** Adds an operation and gives its output's name; operators of ONNX Runtime begin with `microsoft:`. */
  add(op, inputs, output, attributes = {}) {
    const contributed = op.startsWith("microsoft:");
    this.nodes.push({
      op: op.replace("microsoft:", ""),
      ...(contributed ? { domain: "com.microsoft" } : {}),
      name: output,
      inputs,
      outputs: [output],
      attributes: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, attribute(value)])),
    });
    return output;
  }

  /** Adds a list of int64 numbers, or one number as a scalar. */
  integers(name, values) {
    const list = Array.isArray(values) ? values : [values];
    const data = new Uint8Array(BigInt64Array.from(list, BigInt).buffer);
    this.initializers.push({ name, type: "int64", shape: Array.isArray(values) ? [list.length] : [], data });
    return name;
  }

  /** Adds float32 numbers, as a scalar where there is no shape. */
  floats(name, values, shape = []) {
    this.initializers.push({ name, type: "float32", shape, data: new Uint8Array(Float32Array.from(values).buffer) });
    return name;
  }
}

function attribute(value) {
  if (typeof value === "number") return { kind: "int", value };
  if (Array.isArray(value)) return { kind: "ints", value };
  return { kind: "float", value: value.float };
}
