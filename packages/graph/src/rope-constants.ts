import { PalaverError } from "@palaver/core";
import type { Checkpoint } from "./checkpoint.ts";
import { type DecoderConfig, isLocalLayer, turnedElements } from "./decoder-config.ts";
import { bytesView } from "./graph-writer.ts";
import { rotaryWidth } from "./head-layout.ts";
import type { WriteScope } from "./linear.ts";
import { ropeFrequencies, ropeRows } from "./rope-table.ts";
import { LONG_ROPE_FACTORS, ROPE_FACTORS } from "./weights.ts";

/** One rotary table: a million tokens at head size 256. A description alone must not fill a disk. */
const MAX_ROPE_BYTES = 2 ** 29;

/** Rows of a table that are made at a time. */
const ROPE_CHUNK_ROWS = 4096;

/** Names of a table of cosines and one of sines, `(contextTokens, rotaryWidth)`. */
export interface RopeNames {
  readonly cos: string;
  readonly sin: string;
}

/** The tables by which a layer turns its heads. */
export function ropeNames(config: DecoderConfig, layer: number): RopeNames {
  return config.localRopeTheta !== undefined && isLocalLayer(config, layer) ? LOCAL : GLOBAL;
}

/** Names of the tensors with which a checkpoint may bring rotary factors of its own. */
export function ropeFactorNames({ ropeScaling }: DecoderConfig): string[] {
  if (ropeScaling.type !== "longrope") return [ROPE_FACTORS];
  return ropeScaling.factors === undefined ? Object.values(LONG_ROPE_FACTORS) : [];
}

/** Adds the rotary tables for sequences up to `contextTokens`. @throws ERR_LIMIT */
export async function writeRope(scope: WriteScope, config: DecoderConfig, contextTokens: number): Promise<void> {
  const { factors, amplitude } = await stretch(scope.checkpoint, config, contextTokens);
  await writeTables(scope, GLOBAL, ropeFrequencies(config, factors), { rows: contextTokens, amplitude });
  if (config.localRopeTheta === undefined) return;
  const local = ropeFrequencies({ ...config, ropeTheta: config.localRopeTheta, ropeScaling: { type: "none" } });
  await writeTables(scope, LOCAL, local, { rows: contextTokens, amplitude: 1 });
}

// --- internal ---

const GLOBAL: RopeNames = { cos: "rope.cos", sin: "rope.sin" };
const LOCAL: RopeNames = { cos: "rope.local.cos", sin: "rope.local.sin" };

interface Stretch {
  readonly factors: ArrayLike<number> | undefined;
  readonly amplitude: number;
}

async function stretch(checkpoint: Checkpoint, config: DecoderConfig, contextTokens: number): Promise<Stretch> {
  const pairs = turnedElements(config) / 2;
  const scaling = config.ropeScaling;
  if (scaling.type !== "longrope") {
    const factors = checkpoint.has(ROPE_FACTORS) ? await checkpoint.vector(ROPE_FACTORS, pairs) : undefined;
    return { factors, amplitude: 1 };
  }
  const { short, long } = scaling.factors ?? {
    short: await checkpoint.vector(LONG_ROPE_FACTORS.short, pairs),
    long: await checkpoint.vector(LONG_ROPE_FACTORS.long, pairs),
  };
  // One choice for the whole graph: cached keys that were turned by the one cannot be turned again by the other.
  const factors = contextTokens > scaling.originalContextTokens ? long : short;
  return { factors, amplitude: scaling.amplitude };
}

async function writeTables(
  { graph, heads }: WriteScope,
  names: RopeNames,
  turning: Float64Array,
  { rows, amplitude }: { readonly rows: number; readonly amplitude: number },
): Promise<void> {
  const width = rotaryWidth(heads);
  if (rows * width * 4 > MAX_ROPE_BYTES) {
    const fits = Math.floor(MAX_ROPE_BYTES / (width * 4));
    throw new PalaverError(
      "ERR_LIMIT",
      `rotary tables of ${rows} tokens are too large: give contextTokens up to ${fits}`,
    );
  }
  // Pairs that only pad do not turn: their frequency is 0.
  const frequencies = new Float64Array(width);
  frequencies.set(turning);
  for (const turn of ["cos", "sin"] as const) {
    await graph.tensor(names[turn], "float32", [rows, width], ropeChunks(turn, frequencies, { rows, amplitude }));
  }
}

function* ropeChunks(
  turn: "cos" | "sin",
  frequencies: Float64Array,
  { rows, amplitude }: { readonly rows: number; readonly amplitude: number },
): Generator<Uint8Array> {
  for (let row = 0; row < rows; row += ROPE_CHUNK_ROWS) {
    const values = ropeRows(turn, frequencies, [row, Math.min(rows, row + ROPE_CHUNK_ROWS)]);
    yield bytesView(amplitude === 1 ? values : values.map((value) => value * amplitude));
  }
}
