import type { OnnxTensor } from "@palaver/formats";
import { type BlockForm, blocksPerRow, codeBytesPerRow } from "./block-matrix.ts";
import type { CacheScales } from "./cache-scales.ts";
import type { Checkpoint, Matrix } from "./checkpoint.ts";
import type { GraphWriter } from "./graph-writer.ts";
import { type HeadLayout, isUnpadded } from "./head-layout.ts";
import { padHeadColumns, padHeadRows, padHeads } from "./head-padding.ts";
import { fillInt8Rows, int8Matrix } from "./int8-matrix.ts";
import { type Int8Rows, type Int8Weights, writeInt8Product, writeInt8Rows } from "./int8-product.ts";
import { codeChunks, floatChunks, isSameForm } from "./matrix-chunks.ts";
import { notFinite, requireFinite } from "./not-finite.ts";
import type { RoundedTensor, RoundingError } from "./rounding-error.ts";
import { type MatrixRole, type QuantizeOptions, type RowForm, weightForm } from "./weight-form.ts";

/** What every part of a decoder's graph is written with. */
export interface WriteScope {
  readonly graph: GraphWriter;
  readonly checkpoint: Checkpoint;
  readonly heads: HeadLayout;
  readonly quantize: QuantizeOptions;
  /** `MatMulNBits`: 4 multiplies in int8, 0 in float32. */
  readonly accuracyLevel: number;
  readonly onRounded?: ((rounded: RoundedTensor) => void) | undefined;
  /** Of each layer's int8 caches; undefined where they are float32. */
  readonly cacheScales?: readonly CacheScales[] | undefined;
  /** Attention over int8 caches is for many rows. */
  readonly prompts?: boolean | undefined;
  /** Values that are rounded to int8 already: products of the same input share them. */
  readonly int8Rows: Map<string, Int8Rows>;
}

/** One weight of the checkpoint: some of a product's outputs. */
export interface LinearPart {
  /** The tensors' name without `.weight` and `.bias`. */
  readonly tensor: string;
  readonly rows: number;
  readonly bias?: boolean;
  /** The rows are heads, padded as the layout says. */
  readonly headRows?: boolean;
}

/** A product with weights: `y = x W^T + b`. */
export interface Linear {
  readonly name: string;
  readonly columns: number;
  readonly role: MatrixRole;
  /** The columns are heads, padded as the layout says. */
  readonly headColumns?: boolean;
}

/** A product whose weights are in the graph. */
export interface WrittenLinear {
  /** Width of the output. */
  readonly width: number;
  /** How the weights are stored, for whoever shares them. */
  readonly stored: StoredMatrix;
  /** Adds the operation. `input` is `(rows, columns)`, `output` `(rows, width)`. */
  apply(input: string, output: string): void;
}

/** A matrix among a graph's constants. */
export type StoredMatrix =
  | { readonly kind: "float"; readonly name: string }
  | {
      readonly kind: "blocks";
      readonly form: BlockForm;
      /** The name of the scales, `(rows, blocks)`. */
      readonly scales: string;
      /** The codes' bytes; an operation adds the constant in the shape that it wants. */
      readonly codes: OnnxTensor["data"];
    }
  | { readonly kind: "int8"; readonly weights: Int8Weights };

/** Writes the parts as one product where their weights take the same form, else each as its own. */
export async function writeLinears(
  scope: WriteScope,
  linear: Linear,
  parts: readonly LinearPart[],
): Promise<WrittenLinear[]> {
  const forms = parts.map((part) => formOf(scope, linear, part));
  if (forms.every((form) => isSameForm(form, forms[0]))) return [await writePacked(scope, linear, parts)];
  const written: WrittenLinear[] = [];
  for (const part of parts) {
    const name = `${linear.name}.${part.tensor.slice(part.tensor.lastIndexOf(".") + 1)}`;
    written.push(await writePacked(scope, { ...linear, name }, [part]));
  }
  return written;
}

/** Writes one weight as one product. */
export async function writeLinear(scope: WriteScope, linear: Linear, part: LinearPart): Promise<WrittenLinear> {
  return writePacked(scope, linear, [part]);
}

// --- internal ---

function formOf(scope: WriteScope, linear: Linear, part: LinearPart): BlockForm | RowForm | undefined {
  const type = scope.checkpoint.type(`${part.tensor}.weight`, part.rows, linear.columns);
  // Padded columns have become floats.
  const stretched = linear.headColumns === true && !isUnpadded(scope.heads);
  return weightForm({ type: stretched ? "F32" : type, columns: linear.columns }, linear.role, scope.quantize);
}

async function writePacked(scope: WriteScope, linear: Linear, parts: readonly LinearPart[]): Promise<WrittenLinear> {
  const { graph, heads } = scope;
  const width = parts.reduce((sum, part) => sum + paddedRows(part, heads), 0);
  const columns = linear.headColumns ? (linear.columns / heads.headDim) * heads.paddedDim : linear.columns;
  const form = formOf(scope, linear, parts[0]!);
  const stored = await writeMatrix(scope, linear, parts, { width, columns, form });
  const bias = await writeBias(scope, linear, parts, width);
  const apply = (input: string, output: string): void => {
    if (stored.kind === "int8") {
      const product = bias === undefined ? output : `${output}.product`;
      writeInt8Product(graph, roundedRows(scope, input), stored.weights, product);
      if (bias !== undefined) graph.node("Add", [product, bias], [output]);
      return;
    }
    if (stored.kind === "float") {
      graph.node("Gemm", [input, stored.name, ...(bias === undefined ? [] : [bias])], [output], { transB: 1 });
      return;
    }
    const { bits, block } = stored.form;
    const codes = `${linear.name}.codes`;
    graph.constant(codes, "uint8", [width, blocksPerRow(columns, stored.form), (block * bits) / 8], stored.codes);
    graph.node(
      "microsoft:MatMulNBits",
      [input, codes, stored.scales, ...(bias === undefined ? [] : ["", "", bias])],
      [output],
      { K: columns, N: width, bits, block_size: block, accuracy_level: scope.accuracyLevel },
    );
  };
  return { width, stored, apply };
}

interface MatrixSize<F> {
  readonly width: number;
  readonly columns: number;
  readonly form: F;
}

function writeMatrix(
  scope: WriteScope,
  linear: Linear,
  parts: readonly LinearPart[],
  { form, ...size }: MatrixSize<BlockForm | RowForm | undefined>,
): Promise<StoredMatrix> {
  if (form === undefined) return writeFloats(scope, linear, parts, [size.width, size.columns]);
  if (form.block === "row") return writeInt8(scope, linear, parts, { ...size, form });
  return writeBlocks(scope, linear, parts, { ...size, form });
}

async function writeInt8(
  scope: WriteScope,
  linear: Linear,
  parts: readonly LinearPart[],
  { width, columns, form }: MatrixSize<RowForm>,
): Promise<StoredMatrix> {
  const matrix = int8Matrix(width, columns);
  let row = 0;
  for (const part of parts) {
    const rows = await readPart(scope, linear, part);
    const error = fillInt8Rows(matrix, rows, row);
    reportRounding(scope, linear, part, { form, error });
    row += rows.rows;
  }
  const weights = { codes: `${linear.name}.codes`, scales: `${linear.name}.scales` };
  await scope.graph.tensor(weights.codes, "int8", [columns, width], [new Uint8Array(matrix.codes.buffer)]);
  await scope.graph.floats(weights.scales, [width], matrix.scales);
  return { kind: "int8", weights };
}

function roundedRows({ graph, int8Rows }: WriteScope, input: string): Int8Rows {
  const rows = int8Rows.get(input) ?? writeInt8Rows(graph, input);
  int8Rows.set(input, rows);
  return rows;
}

async function writeFloats(
  scope: WriteScope,
  linear: Linear,
  parts: readonly LinearPart[],
  shape: readonly number[],
): Promise<StoredMatrix> {
  const name = `${linear.name}.weight`;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (const part of parts) yield* floatChunks(await readPart(scope, linear, part));
  }
  await scope.graph.tensor(name, "float32", shape, chunks());
  return { kind: "float", name };
}

async function writeBlocks(
  scope: WriteScope,
  linear: Linear,
  parts: readonly LinearPart[],
  { width, columns, form }: MatrixSize<BlockForm>,
): Promise<StoredMatrix> {
  const blocks = blocksPerRow(columns, form);
  const scales = new Float32Array(width * blocks);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    let row = 0;
    for (const part of parts) {
      const matrix = await readPart(scope, linear, part);
      const error = { squaredError: 0, squares: 0 };
      yield* codeChunks(matrix, form, { scales, at: row * blocks, error });
      reportRounding(scope, linear, part, { form, error });
      const end = row + matrix.rows;
      requireFinite(`${part.tensor}.weight`, scales.subarray(row * blocks, end * blocks)); // those of blocks that are kept
      row = end;
    }
  }
  const codes = await scope.graph.data(width * codeBytesPerRow(columns, form), chunks());
  const scalesName = `${linear.name}.scales`;
  await scope.graph.floats(scalesName, [width, blocks], scales);
  return { kind: "blocks", form, scales: scalesName, codes };
}

// Blocks that were kept count nothing; a sum of squares shows elements that are not finite.
function reportRounding(
  { checkpoint, onRounded }: WriteScope,
  { columns }: Linear,
  { tensor, rows }: LinearPart,
  { form, error }: { readonly form: BlockForm | RowForm; readonly error: RoundingError },
): void {
  const name = `${tensor}.weight`;
  if (!Number.isFinite(error.squares)) throw notFinite(name);
  if (error.squares === 0) return;
  onRounded?.({ tensor: name, from: checkpoint.type(name, rows, columns), form, ...error });
}

async function writeBias(
  scope: WriteScope,
  linear: Linear,
  parts: readonly LinearPart[],
  width: number,
): Promise<string | undefined> {
  if (!parts.some((part) => part.bias)) return undefined;
  const bias = new Float32Array(width);
  let at = 0;
  for (const part of parts) {
    if (part.bias) {
      const values = await scope.checkpoint.vector(`${part.tensor}.bias`, part.rows);
      bias.set(part.headRows ? padHeads(values, scope.heads) : values, at);
    }
    at += paddedRows(part, scope.heads);
  }
  const name = `${linear.name}.bias`;
  await scope.graph.floats(name, [width], bias);
  return name;
}

async function readPart({ checkpoint, heads }: WriteScope, linear: Linear, part: LinearPart): Promise<Matrix> {
  const matrix = await checkpoint.matrix(`${part.tensor}.weight`, part.rows, linear.columns);
  const rows = part.headRows ? padHeadRows(matrix, heads) : matrix;
  return linear.headColumns ? padHeadColumns(rows, heads) : rows;
}

function paddedRows({ rows, headRows }: LinearPart, { headDim, paddedDim }: HeadLayout): number {
  return headRows ? (rows / headDim) * paddedDim : rows;
}
