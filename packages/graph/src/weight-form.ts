import { type BlockForm, nativeBlockForm } from "./block-matrix.ts";
import { isFloatWeight, type WeightType } from "./weight-type.ts";

/** A matrix in int8 with a scale for each row, for products in which the input is rounded to int8 as well. */
export interface RowForm {
  readonly bits: 8;
  readonly block: "row";
}

/** Blocks that the runtime takes, the largest first. */
const BLOCKS = [128, 64, 32, 16];

/** Blocks from which a default is taken. */
const DEFAULT_BLOCKS = [128, 64, 32] as const;

/**
 * A row is filled up to whole blocks, and what fills it is multiplied too. At a width of 576, in blocks of 128 a ninth
 * longer, blocks of 64 took 5 % less time for a token (SmolLM2-135M's shape, AVX2), and they are more exact.
 */
const MAX_FILL = 1 / 16;

/**
 * How matrices are stored. Q4_0 and Q8_0 blocks of the checkpoint stay as they are, unless 4 bits are wanted and 8
 * found. Its other blocks (Q4_K, Q6_K and the like) have a grid that the runtime's products do not know: unless
 * something else is wanted they are rounded once more, to 8 bits in blocks of 32.
 */
export interface QuantizeOptions {
  /**
   * Bits of a layer's matrices; at `q4` the vocabulary's tables (embedding and head) have 8 bits. `int8` has 8 bits as
   * well, with one scale for a whole row, and rounds what is multiplied row by row too: prompts take about 0.6 of
   * q4's time, and accuracy is to be measured for each model. Default: `none`, by which floats become float32.
   */
  readonly quantize?: "none" | "q4" | "q8" | "int8" | undefined;
  /**
   * Elements that share a scale. Larger is smaller and faster, smaller is more exact. Default: the largest of 128, 64 and 32
   * by which rows become at most a sixteenth longer.
   */
  readonly block?: 32 | 64 | 128 | undefined;
}

/** What a matrix is for: a layer's matrices bear 4 bits better than the tables that have a row for each token. */
export type MatrixRole = "layer" | "vocabulary";

/** The form in which a matrix of this type and width is stored; undefined for float32. */
export function weightForm(
  { type, columns }: { readonly type: WeightType; readonly columns: number },
  role: MatrixRole,
  { quantize = "none", block = defaultBlock(columns) }: QuantizeOptions,
): BlockForm | RowForm | undefined {
  if (quantize === "int8" && role === "layer") return { bits: 8, block: "row" };
  const native = nativeBlockForm(type);
  if (quantize === "none") return native ?? (isFloatWeight(type) ? undefined : { bits: 8, block: 32 });
  const bits = quantize === "q4" && role === "layer" ? 4 : 8;
  if (native !== undefined && native.bits <= bits) return native;
  if (role === "layer") return { bits, block };
  // A lookup takes whole blocks only.
  const whole = BLOCKS.find((candidate) => candidate <= block && columns % candidate === 0);
  return whole === undefined ? undefined : { bits, block: whole };
}

// --- internal ---

function defaultBlock(columns: number): 32 | 64 | 128 {
  const fill = (block: number): number => Math.ceil(columns / block) * block - columns;
  return DEFAULT_BLOCKS.find((block) => fill(block) <= columns * MAX_FILL) ?? 32;
}
