import type { JsonObject, JsonValue } from "@palaver/core";
import type { UpdateOptions } from "@palaver/graph";
import type { StepSize } from "../packing/read-step.ts";
import type { TrainOptions } from "./train-options.ts";

/** What a run depends on besides weights and data, as a checkpoint keeps it. */
export function trainingSettings(
  { learningRate, steps, overlong, poolSize, settings = {} }: TrainOptions,
  { size, workers, update }: { readonly size: StepSize; readonly workers: number; readonly update: UpdateOptions },
): JsonObject {
  // Through text, so that it compares equal to what was read from a file: options that are undefined are gone.
  return JSON.parse(
    JSON.stringify({ ...size, workers, update, learningRate, steps, overlong, poolSize, settings }),
  ) as JsonObject;
}

/** Names of the settings that differ, as paths: `learningRate.peak`. */
export function changedSettings(before: JsonValue, after: JsonValue): string[] {
  const [old, now] = [leaves(before), leaves(after)];
  return [...new Set([...old.keys(), ...now.keys()])].filter((path) => old.get(path) !== now.get(path));
}

// --- internal ---

/** The values of nested objects by path, each as JSON. */
function leaves(value: JsonValue, path = "", found = new Map<string, string>()): Map<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return found.set(path, JSON.stringify(value));
  for (const [key, item] of Object.entries(value)) leaves(item, path === "" ? key : `${path}.${key}`, found);
  return found;
}
