import { PalaverError, type Tokenizer } from "@palaver/core";
import { referenceLogits } from "@palaver/graph";
import { openCheckpoint, openModel, type SharedCacheForm } from "@palaver/hub";
import { openDecoder, openRuntime } from "@palaver/onnx";
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

/** How far an import's graphs are from its checkpoint: the model's own, and the one for prompts where there is one. */
export interface ImportComparison extends LogitsComparison {
  readonly prefill?: LogitsComparison;
}

/**
 * Compares the logits of an imported model on the CPU with a plain forward pass over its checkpoint's own weights in
 * float32, over the first 64 tokens of a text. Each graph computes all of them, so that both are compared.
 * @throws ERR_INVALID_ARGUMENT for a text of less than two tokens, ERR_NOT_FOUND without a tokenizer, as `compareLogits`,
 * `openModel`, `openDecoder` and `openCheckpoint`; `signal.reason`
 */
export async function verifyImport(
  source: string,
  imported: string,
  { text = sampleText, onProgress, signal }: VerifyImportOptions = {},
): Promise<ImportComparison> {
  const checkpoint = await openCheckpoint(source);
  try {
    const { form, onnxPath, prefillPath, tokenizer } = await openModel(imported, { signal });
    if (tokenizer === undefined) {
      throw new PalaverError("ERR_NOT_FOUND", `${imported} has no tokenizer, which verifying needs`);
    }
    if (form.kind !== "gqa-shared") {
      throw new PalaverError("ERR_UNSUPPORTED", `verifying needs a graph of Palaver's own form, not ${form.kind}`);
    }
    const ids = firstIds(tokenizer, text, form.contextTokens);
    const paths = [onnxPath, ...(prefillPath === undefined ? [] : [prefillPath])];
    // The graphs first: one that cannot run shows before minutes of reference.
    const written: Float32Array[] = [];
    for (const path of paths) written.push(await writtenLogits(path, form, ids, signal));
    const { config, weights } = checkpoint;
    const options = { contextTokens: form.contextTokens, onProgress, signal };
    const reference = await referenceLogits(config, weights, ids, options);
    const [own, prefill] = written.map((logits) => compareLogits(ids, reference, logits));
    return { ...own!, ...(prefill !== undefined && { prefill }) };
  } finally {
    await checkpoint.close();
  }
}

// --- internal ---

function firstIds(tokenizer: Tokenizer, text: string, contextTokens: number): number[] {
  const ids = tokenizer.encode(text, { addSpecialTokens: true });
  if (ids.length < 2) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", "verifying needs at least two tokens: give a longer text");
  }
  return ids.slice(0, Math.min(VERIFY_TOKENS, contextTokens));
}

async function writtenLogits(
  path: string,
  { contextTokens, kvHeads, headDim, vocabSize }: SharedCacheForm,
  ids: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  signal?.throwIfAborted();
  const runtime = await openRuntime({ device: "cpu" });
  try {
    const decoder = await openDecoder(runtime, path, { contextTokens, kvHeads, headDim, vocabSize });
    const cache = decoder.createCache({ capacity: ids.length });
    const [logits] = await decoder.step(
      [{ cache, tokens: ids, logits: "all" }],
      signal === undefined ? {} : { signal },
    );
    return logits!;
  } finally {
    await runtime.close();
  }
}
