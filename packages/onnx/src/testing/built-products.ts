/** Products with a matrix of the small decoder in the ways of the hub's dtypes. */

import type { TensorType } from "@palaver/core";
import { float32ToFloat16, type OnnxNode, type OnnxTensor } from "@palaver/formats";
import { cast, floats, int } from "./small-graphs.ts";
import type { SmallWeight } from "./small-weights.ts";

/**
 * `float`: `MatMul`; `int4`: `MatMulNBits` in blocks of 32; `int4-rounding`: the same, of inputs that it may round to 8 bits, as the builder
 * asks for on CPUs; `int8`: `MatMulInteger` of inputs that are rounded as they come.
 */
export type ProductKind = "float" | "int4" | "int4-rounding" | "int8";

/** What is multiplied and what comes out; `weight` is named after `output`. */
export interface ProductOptions {
  readonly input: string;
  readonly weight: SmallWeight;
  readonly output: string;
  /** Of inputs and outputs; `int8` has float32 only. */
  readonly type: "float32" | "float16";
}

/** Nodes with the constants that they take. */
export interface GraphPart {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
}

/** `output` = `input` times `weight`. */
export function product(kind: ProductKind, options: ProductOptions): GraphPart {
  switch (kind) {
    case "float":
      return floatProduct(options);
    case "int4":
      return int4Product(options, 0);
    case "int4-rounding":
      return int4Product(options, 4);
    case "int8":
      return int8Product(options);
    default:
      return kind satisfies never;
  }
}

/** A constant of floats in 32 or 16 bits. */
export function floatTensor(name: string, { shape, data }: SmallWeight, type: "float32" | "float16"): OnnxTensor {
  if (type === "float32") return floats(name, shape, data);
  return { name, type, shape, data: new Uint8Array(float32ToFloat16(data).buffer) };
}

// --- internal ---

function floatProduct({ input, weight, output, type }: ProductOptions): GraphPart {
  const name = `${output}_weight`;
  return {
    nodes: [{ op: "MatMul", inputs: [input, name], outputs: [output] }],
    initializers: [floatTensor(name, weight, type)],
  };
}

/** One block a column, since there are 32 inputs. A code is 8 more than its sixteenths; the low half of a byte is the even one. */
function int4Product({ input, weight, output, type }: ProductOptions, accuracyLevel: 0 | 4): GraphPart {
  const [rows, columns] = weight.shape;
  const codes = new Uint8Array((columns * rows) / 2);
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      const code = weight.data[row * columns + column]! * 16 + 8;
      codes[(column * rows + row) >> 1]! |= row & 1 ? code << 4 : code;
    }
  }
  const scales = { shape: [columns, rows / 32] as const, data: new Float32Array((columns * rows) / 32).fill(1 / 16) };
  const [codesName, scalesName] = [`${output}_codes`, `${output}_scales`];
  return {
    nodes: [
      {
        op: "MatMulNBits",
        domain: "com.microsoft",
        inputs: [input, codesName, scalesName],
        outputs: [output],
        attributes: {
          K: int(rows),
          N: int(columns),
          bits: int(4),
          block_size: int(32),
          accuracy_level: int(accuracyLevel),
        },
      },
    ],
    initializers: [
      constant(codesName, "uint8", [columns, rows / 32, 16], codes),
      floatTensor(scalesName, scales, type),
    ],
  };
}

// 7 bits of the 8: without VNNI the kernels add two products up in 16 bits, which 255 * 128 * 2 does not fit.
const INT8_SCALE = 1 / 128;

function int8Product({ input, weight, output }: ProductOptions): GraphPart {
  const codes = Int8Array.from(weight.data, (number) => number / INT8_SCALE);
  const name = (part: string): string => `${output}_${part}`;
  return {
    nodes: [
      { op: "DynamicQuantizeLinear", inputs: [input], outputs: [name("rounded"), name("step"), name("zero")] },
      { op: "MatMulInteger", inputs: [name("rounded"), name("codes"), name("zero")], outputs: [name("sums")] },
      cast(name("sums"), name("float_sums"), "float32"),
      { op: "Mul", inputs: [name("step"), name("scale")], outputs: [name("steps")] },
      { op: "Mul", inputs: [name("float_sums"), name("steps")], outputs: [output] },
    ],
    initializers: [
      constant(name("codes"), "int8", weight.shape, new Uint8Array(codes.buffer)),
      floats(name("scale"), [1], Float32Array.of(INT8_SCALE)),
    ],
  };
}

function constant(name: string, type: TensorType, shape: readonly number[], data: Uint8Array): OnnxTensor {
  return { name, type, shape, data };
}
