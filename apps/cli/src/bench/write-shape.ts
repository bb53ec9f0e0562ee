import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PalaverError } from "@palaver/core";
import {
  CacheCalibration,
  type CacheScales,
  type CacheType,
  type DecoderConfig,
  parseHfConfig,
  type QuantizeOptions,
  randomWeights,
  writeDecoder,
} from "@palaver/graph";
import type { Progress } from "../progress-bar.ts";
import { type ShapeName, shapes } from "./shapes.ts";

/** Any: the numbers decide nothing that is measured, only that two runs have the same ones. */
const SEED = 1;

const WEIGHTS = "model.onnx.data";

export interface WriteShapeOptions extends QuantizeOptions {
  /** `int8` writes int8 caches with scales that fit nothing: the time is the same. Default: `float32`. */
  readonly cache?: CacheType | undefined;
  /** The graph is for prompts. Default: false. */
  readonly prompts?: boolean | undefined;
  /** The longest sequence to build for. Default: the model's. */
  readonly contextTokens?: number | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes a decoder of a well-known shape with random weights into a folder, tensor by tensor, and gives its path.
 * @throws ERR_INVALID_ARGUMENT for more context than the shape has, ERR_IO; `signal.reason` when aborted
 */
export async function writeShape(
  folder: string,
  shape: ShapeName,
  { cache, ...options }: WriteShapeOptions,
): Promise<string> {
  const config = parseHfConfig(shapes[shape]);
  const path = join(folder, "model.onnx");
  try {
    const file = await open(join(folder, WEIGHTS), "wx");
    try {
      const sink = { write: (bytes: Uint8Array) => file.appendFile(bytes) };
      const graph = await writeDecoder(config, randomWeights(config, SEED), {
        ...options,
        cacheScales: cache === "int8" ? anyScales(config) : undefined,
        sink,
        externalName: WEIGHTS,
      });
      await writeFile(path, graph);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw systemError(error, folder);
  }
  return path;
}

// --- internal ---

// One, as for a model whose caches stay empty.
function anyScales(config: DecoderConfig): CacheScales[] {
  return new CacheCalibration(config).scales;
}

// A full disk is a failure of the machine, not of ours.
function systemError(error: unknown, folder: string): unknown {
  if (!(error instanceof Error && "syscall" in error)) return error;
  return new PalaverError("ERR_IO", `${folder} could not be written: ${error.message}`, { cause: error });
}
