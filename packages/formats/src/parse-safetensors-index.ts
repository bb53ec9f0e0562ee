import { PalaverError } from "@palaver/core";
import { isContainedPath } from "./contained-path.ts";
import { JsonScanner } from "./json-scanner.ts";
import { malformed, quoted } from "./malformed.ts";

// A name of 100 characters each for 250,000 tensors.
const MAX_INDEX_CHARACTERS = 25_000_000;

/** The index of a checkpoint that is spread over several safetensors files (`model.safetensors.index.json`). */
export interface SafetensorsIndex {
  /** The file that holds each tensor: a path relative to the index, which stays in its folder. */
  readonly fileByTensor: ReadonlyMap<string, string>;
  /** Every file once, in the order in which the index first names it. */
  readonly files: readonly string[];
}

/**
 * Reads `model.safetensors.index.json`.
 * @throws ERR_FORMAT, also when a file's name could leave the folder; ERR_LIMIT
 */
export function parseSafetensorsIndex(json: string): SafetensorsIndex {
  if (json.length > MAX_INDEX_CHARACTERS) {
    throw new PalaverError("ERR_LIMIT", `safetensors: an index of more than ${MAX_INDEX_CHARACTERS} characters`);
  }
  const scanner = new JsonScanner(json, "safetensors: the index");
  const fileByTensor = new Map<string, string>();
  let found = false;
  scanner.object((key) => {
    if (key !== "weight_map") {
      scanner.skip();
      return;
    }
    found = true;
    scanner.object((tensor) => fileByTensor.set(tensor, checkedFile(scanner.string())));
  });
  scanner.end();
  if (!found) throw malformed("safetensors: the index has no weight_map");
  return { fileByTensor, files: [...new Set(fileByTensor.values())] };
}

// --- internal ---

function checkedFile(file: string): string {
  if (isContainedPath(file)) return file;
  throw malformed(`safetensors: weight_map names ${quoted(file)}, which is no plain path below the index`, { file });
}
