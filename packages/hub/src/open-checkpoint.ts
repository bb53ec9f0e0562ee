import { PalaverError } from "@palaver/core";
import type { DecoderConfig, Weights } from "@palaver/graph";
import { findModel } from "./find-model.ts";
import { openSource } from "./import-source.ts";

/** A checkpoint as it is, before any import. */
export interface OpenedCheckpoint {
  readonly config: DecoderConfig;
  /** The decoder's tensors, read from the files when asked for. */
  readonly weights: Weights;
  close(): Promise<void>;
}

/**
 * Opens a safetensors folder's or a GGUF's weights without importing them.
 * @throws ERR_INVALID_ARGUMENT for what is no checkpoint, ERR_NOT_FOUND, ERR_FORMAT, ERR_UNSUPPORTED, ERR_IO
 */
export async function openCheckpoint(path: string): Promise<OpenedCheckpoint> {
  const found = await findModel(path);
  if (found.kind !== "checkpoint") {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `${found.path} is an ONNX folder: it has no checkpoint to read`);
  }
  const { config, weights, close } = await openSource(found.source);
  return { config, weights, close };
}
