import type { Model } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import type { DecoderForm, ImportProgress, OnnxDtype, OpenedModel } from "@palaver/hub";
import { type Device, type DriverName, type OpenDecoderOptions, openDecoder, openRuntime } from "@palaver/onnx";
import type { SamplerOptions } from "@palaver/sampling";
import type { ServedModel } from "@palaver/server";
import { contextTokensOf } from "./context-tokens.ts";
import { defined } from "./defined.ts";
import { openNamedModel } from "./open-named-model.ts";
import type { Placement } from "./placement.ts";
import { servedModel } from "./served-model.ts";

export interface LoadModelOptions {
  /** Where the model runs. Default: `auto`. */
  readonly device?: Device | undefined;
  /** How ONNX Runtime is called. Default: `auto`, the native driver where it works. */
  readonly driver?: DriverName | undefined;
  /** Threads inside one operation. Default: the physical cores that this process may use. */
  readonly threads?: number | undefined;
  /** Longest sequence to keep memory for, in tokens. Default: 4096, or the model's own where that is shorter. */
  readonly contextTokens?: number | undefined;
  /** The folder of a low-rank adapter in PEFT's form, merged into the checkpoint. Default: none. */
  readonly adapter?: string | undefined;
  /** Which graph of a ready-made ONNX folder. Default: fp32, or else the only one there is. */
  readonly dtype?: OnnxDtype | undefined;
  /** Where imported checkpoints are kept. Default: the user's cache folder, or `PALAVER_CACHE`. */
  readonly cacheDir?: string | undefined;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  /** Hears why something slower than asked for was taken. Default: nobody does. */
  readonly onWarning?: ((message: string) => void) | undefined;
  /** Stops the loading. */
  readonly signal?: AbortSignal | undefined;
}

/** A model with what is known about it. */
export interface LoadedModel extends Model {
  /** Its files, understood. */
  readonly opened: OpenedModel;
  /** What its makers advise; what they leave open is Palaver's default. */
  readonly samplingDefaults: SamplerOptions;
  /** How a server lists it. */
  readonly served: ServedModel;
  readonly placement: Placement;
}

/**
 * Opens a model's files (importing a checkpoint into the cache once), the runtime, and the decoder. The path may also be
 * `starter` or `starter:base`, the model that ships.
 * @throws ERR_NOT_FOUND, ERR_FORMAT, ERR_UNSUPPORTED, ERR_IO, ERR_LIMIT, ERR_RUNTIME; `signal.reason` when aborted
 */
export async function loadModel(path: string, options: LoadModelOptions = {}): Promise<LoadedModel> {
  const { adapter, cacheDir, dtype, contextTokens, onProgress, onWarning, signal, driver, threads } = options;
  const { device = "auto" } = options;
  const opened = await openNamedModel(path, {
    adapter,
    cacheDir,
    dtype,
    neededContextTokens: contextTokens,
    onProgress,
    signal,
  });
  const { tokenizer } = opened;
  if (tokenizer === undefined) {
    throw new PalaverError("ERR_NOT_FOUND", `${path} has no tokenizer files: put its tokenizer.json beside the model`);
  }
  const forCpuAlone = device === "auto" ? whyCpuAlone(opened.form) : undefined;
  const chosen = forCpuAlone === undefined ? device : "cpu";
  const runtime = await openRuntime(defined({ device: chosen, driver, threads, onWarning }));
  const passedOver =
    forCpuAlone === undefined ? runtime.passedOver : [{ device: "cuda" as const, reason: forCpuAlone }];
  try {
    signal?.throwIfAborted();
    const decoder = await openDecoder(runtime, opened.onnxPath, {
      ...decoderOptions(opened, contextTokens),
      signal,
    });
    const { name, template, stopIds } = opened;
    const about = {
      opened,
      samplingDefaults: samplingDefaults(opened),
      served: await servedModel(opened),
      placement: { device: runtime.device, driver: runtime.driver, threads: runtime.threads, passedOver },
    };
    const close = async (): Promise<void> => {
      try {
        await decoder.close();
      } finally {
        await runtime.close();
      }
    };
    signal?.throwIfAborted(); // the last await is behind us
    return { name, decoder, tokenizer, template, stopIds, ...about, close };
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

// --- internal ---

/** Why `auto` does not look for a GPU; a device by name is refused where it cannot. */
function whyCpuAlone(form: DecoderForm): string | undefined {
  return form.kind === "gqa-shared" && form.cacheType === "int8" ? "caches in int8 run on the CPU alone" : undefined;
}

function decoderOptions(opened: OpenedModel, wantedTokens: number | undefined): OpenDecoderOptions {
  const contextTokens = contextTokensOf(opened, wantedTokens);
  return { contextTokens, prefillModel: opened.prefillPath, ...sizes(opened.form) };
}

/** What the graph may leave open, as far as the model's files tell. */
function sizes(form: DecoderForm): Omit<OpenDecoderOptions, "contextTokens"> {
  const { kvHeads, headDim, vocabSize } = form;
  const names = form.kind === "hub" ? form.names : undefined;
  return defined({ kvHeads, headDim, vocabSize, names });
}

/**
 * Makers who advise greedy decoding say so by `do_sample: false`, and their other numbers are then a library's defaults;
 * silence leaves Palaver's. A repetition penalty is for both ways to decode.
 */
function samplingDefaults({ generation }: OpenedModel): SamplerOptions {
  const { doSample, repetitionPenalty, temperature, topK, topP, minP } = generation;
  if (doSample === false) return { temperature: 0, ...defined({ repetitionPenalty }) };
  if (doSample === undefined) return defined({ repetitionPenalty });
  return defined({ temperature, topK, topP, minP, repetitionPenalty });
}
