import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PalaverError, type Runtime } from "@palaver/core";
import { CacheCalibration, type CacheScales } from "@palaver/graph";
import { type ImportOptions, importModel, openCheckpoint, openModel, type SharedCacheForm } from "@palaver/hub";
import { openRuntime } from "@palaver/onnx";
import type { Progress } from "../progress-bar.ts";
import { calibrationText } from "./calibration-text.ts";
import { runForCaches } from "./run-for-caches.ts";

/** Each run begins at an empty cache, since the first token of a sequence has the largest keys in many models. */
const RUN_TOKENS = 128;

/** A larger text would change little and cost more: maxima settle after a few thousand tokens. */
const MAX_TOKENS = 8192;

export interface CalibrateCacheOptions extends Pick<ImportOptions, "quantize" | "block" | "contextTokens" | "signal"> {
  /** The text whose keys and values are measured. Default: a sample. */
  readonly text?: string | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Finds the scales of a checkpoint's int8 caches: imports it with float32 caches into a temporary folder, runs a text
 * through it on the CPU, and takes the largest keys and values of each channel.
 * @throws ERR_INVALID_ARGUMENT for a text without tokens, ERR_NOT_FOUND without a tokenizer, and as `importModel`;
 * `signal.reason`
 */
export async function calibrateCache(
  source: string,
  { text = calibrationText, ...options }: CalibrateCacheOptions,
): Promise<CacheScales[]> {
  const folder = await mkdtemp(join(tmpdir(), "palaver-calibrate-"));
  try {
    await importModel(source, folder, options);
    const { form, onnxPath, tokenizer } = await openModel(folder);
    if (tokenizer === undefined) {
      throw new PalaverError("ERR_NOT_FOUND", `${source} has no tokenizer, which calibrating int8 caches needs`);
    }
    if (form.kind !== "gqa-shared") {
      throw new PalaverError("ERR_UNSUPPORTED", `calibrating needs a graph of Palaver's own form, not ${form.kind}`);
    }
    const ids = tokenizer.encode(text, { addSpecialTokens: true }).slice(0, MAX_TOKENS);
    if (ids.length === 0) {
      throw new PalaverError("ERR_INVALID_ARGUMENT", "calibrating needs a text: the one given has no tokens");
    }
    const calibration = await newCalibration(source);
    const runtime = await openRuntime({ device: "cpu" });
    try {
      await measure({ runtime, onnxPath, form, calibration }, ids, options.signal);
    } finally {
      await runtime.close();
    }
    return calibration.scales;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// --- internal ---

interface Calibrating {
  readonly runtime: Runtime;
  readonly onnxPath: string;
  readonly form: SharedCacheForm;
  readonly calibration: CacheCalibration;
}

async function newCalibration(source: string): Promise<CacheCalibration> {
  const checkpoint = await openCheckpoint(source);
  await checkpoint.close();
  return new CacheCalibration(checkpoint.config);
}

async function measure(
  { runtime, onnxPath, form, calibration }: Calibrating,
  ids: readonly number[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const session = await runtime.load(onnxPath);
  const length = Math.min(RUN_TOKENS, form.contextTokens);
  for (let at = 0; at < ids.length; at += length) {
    signal?.throwIfAborted();
    const caches = await runForCaches(runtime, session, form, ids.slice(at, at + length));
    for (const [layer, cache] of caches.entries()) calibration.add(layer, cache);
  }
}
