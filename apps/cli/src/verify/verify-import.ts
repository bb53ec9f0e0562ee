import { PalaverError } from "@palaver/core";
import { referenceLogits } from "@palaver/graph";
import { openCheckpoint } from "@palaver/hub";
import { type LoadedModel, loadModel } from "../load-model.ts";
import type { Progress } from "../progress-bar.ts";
import { compareLogits, type LogitsComparison } from "./compare-logits.ts";
import { sampleText } from "./sample-text.ts";

/** Enough that the figures settle; the reference takes a second for each ten million weights. */
const VERIFY_TOKENS = 64;

export interface VerifyImportOptions {
  /** The text whose first tokens are computed. Default: a sample. */
  readonly text?: string | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compares the logits of an imported model on the CPU with a plain forward pass over its checkpoint's own weights in
 * float32, over the first 64 tokens of a text.
 * @throws ERR_INVALID_ARGUMENT for a text of less than two tokens, and as `loadModel` and `openCheckpoint`; `signal.reason`
 */
export async function verifyImport(
  source: string,
  imported: string,
  { text = sampleText, onProgress, signal }: VerifyImportOptions = {},
): Promise<LogitsComparison> {
  const checkpoint = await openCheckpoint(source);
  try {
    const model = await loadModel(imported, { device: "cpu", signal });
    try {
      const ids = firstIds(model, text);
      const contextTokens = model.opened.form.contextTokens;
      const { config, weights } = checkpoint;
      const reference = await referenceLogits(config, weights, ids, { contextTokens, onProgress, signal });
      return compareLogits(ids, reference, await writtenLogits(model, ids, signal));
    } finally {
      await model.close();
    }
  } finally {
    await checkpoint.close();
  }
}

// --- internal ---

function firstIds({ tokenizer, decoder }: LoadedModel, text: string): number[] {
  const ids = tokenizer.encode(text, { addSpecialTokens: true });
  if (ids.length < 2) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", "verifying needs at least two tokens: give a longer text");
  }
  return ids.slice(0, Math.min(VERIFY_TOKENS, decoder.contextTokens));
}

async function writtenLogits(
  { decoder }: LoadedModel,
  ids: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const cache = decoder.createCache({ capacity: ids.length });
  try {
    const [logits] = await decoder.step(
      [{ cache, tokens: ids, logits: "all" }],
      signal === undefined ? {} : { signal },
    );
    return logits!;
  } finally {
    cache.close();
  }
}
