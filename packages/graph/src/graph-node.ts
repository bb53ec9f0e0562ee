import type { OnnxAttribute, OnnxNode } from "@palaver/formats";

/** Attributes by name; a number is an integer, `{ float }` is not, a list holds integers. */
export type Attributes = Readonly<Record<string, number | string | { readonly float: number } | readonly number[]>>;

/** An operation named after its first output; operators of ONNX Runtime begin with `microsoft:`. */
export function graphNode(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Attributes = {},
): OnnxNode {
  const contributed = op.startsWith("microsoft:");
  return {
    op: contributed ? op.slice("microsoft:".length) : op,
    ...(contributed ? { domain: "com.microsoft" } : {}),
    name: outputs.find((output) => output !== "") ?? op,
    inputs,
    outputs,
    attributes: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, attribute(value)])),
  };
}

// --- internal ---

function attribute(value: Attributes[string]): OnnxAttribute {
  if (typeof value === "number") return { kind: "int", value };
  if (typeof value === "string") return { kind: "string", value };
  return "float" in value ? { kind: "float", value: value.float } : { kind: "ints", value };
}
