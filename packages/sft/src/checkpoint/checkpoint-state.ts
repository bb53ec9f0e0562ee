/**
 * What a checkpoint says besides its tensors, in the file's metadata. All that training draws at random is a function of
 * seeds in `settings` and of `position`, so the two are the random state.
 */

import { isJsonObject, type JsonObject, type JsonValue, PalaverError } from "@palaver/core";
import type { DataPosition } from "../packing/sequence-pool.ts";

const FORMAT = "palaver-training-1";

/** More than any pool holds: the list is read from a file that may be anything. */
const MAX_PENDING = 10_000_000;

export interface CheckpointState {
  /** Steps done. */
  readonly step: number;
  /** Where the reading of the data stands. */
  readonly position: DataPosition;
  /** The schedule, the batch's sizes, and what the caller adds. */
  readonly settings: JsonObject;
}

/** As metadata of a safetensors file. */
export function encodeCheckpointState({ step, position, settings }: CheckpointState): Map<string, string> {
  return new Map([
    ["format", FORMAT],
    ["step", String(step)],
    ["position", JSON.stringify(position)],
    ["settings", JSON.stringify(settings)],
  ]);
}

/** @throws ERR_FORMAT */
export function parseCheckpointState(metadata: ReadonlyMap<string, string>): CheckpointState {
  const format = metadata.get("format");
  if (format !== FORMAT) throw malformed(`its format is ${JSON.stringify(format)} and not ${FORMAT}`);
  const step = parsed(metadata, "step");
  const settings = parsed(metadata, "settings");
  if (!isCount(step)) throw malformed("step is no whole number");
  if (!isJsonObject(settings)) throw malformed("settings is no object");
  return { step, position: parsePosition(parsed(metadata, "position")), settings };
}

// --- internal ---

function malformed(what: string): PalaverError {
  return new PalaverError("ERR_FORMAT", `not a checkpoint of training: ${what}`);
}

function parsed(metadata: ReadonlyMap<string, string>, key: string): JsonValue {
  try {
    // What JSON.parse gives is JSON.
    return JSON.parse(metadata.get(key) ?? "") as JsonValue;
  } catch (cause) {
    throw new PalaverError("ERR_FORMAT", `not a checkpoint of training: ${key} is missing or no JSON`, { cause });
  }
}

function parsePosition(value: JsonValue): DataPosition {
  if (
    !isJsonObject(value) ||
    !isCount(value.next) ||
    !Array.isArray(value.pending) ||
    value.pending.length > MAX_PENDING
  ) {
    throw malformed("position needs next and pending");
  }
  const pending = value.pending.map((pair: JsonValue): readonly [number, number] => {
    const [sequence, piece] = Array.isArray(pair) ? pair : [];
    if (isCount(sequence) && isCount(piece)) return [sequence, piece];
    throw malformed("pending holds pairs of whole numbers");
  });
  return { next: value.next, pending };
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
