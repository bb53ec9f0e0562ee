import { type Model, PalaverError } from "@palaver/core";
import type { SamplerOptions } from "@palaver/sampling";

/** What a list of models tells about one of them. Everything but the name may be unknown. */
export interface ServedModel {
  /** What requests call it: `name` or `name:tag`. */
  readonly name: string;
  /** When its files changed last. Default: when the app was made. */
  readonly modifiedAt?: Date;
  /** Bytes of its files. Default: 0. */
  readonly sizeBytes?: number;
  /** Of its files: 64 hex digits, also behind `sha256:`. Default: zeros, since Ollama's own client cannot read a shorter one. */
  readonly digest?: string;
  /** `gguf`, `safetensors`, `onnx`. Default: empty. */
  readonly format?: string;
  /** `llama`, `qwen2` and the like. Default: empty. */
  readonly family?: string;
  /** As people write it: `1.2B`. Default: empty. */
  readonly parameterSize?: string;
  /** As people write it: `Q4_0`. Default: empty. */
  readonly quantization?: string;
  /** Weights in all. Default: not told. */
  readonly parameterCount?: number;
  /** The longest sequence that is served, in tokens. Default: what the model says once it is open. */
  readonly contextTokens?: number;
  /** The source of its chat template. Default: empty. */
  readonly template?: string;
  /** What it can do besides going on with text. Default: what its template shows once it is open. */
  readonly capabilities?: readonly ModelCapability[];
}

/** In Ollama's words: `tools` are offered to it and called by it, `thinking` can be turned on and off. */
export type ModelCapability = "tools" | "thinking";

/** A model that requests are answered with. */
export interface ServableModel extends Model {
  /** What its makers advise, where a request names nothing else. Default: what is usual in the request's dialect. */
  readonly samplingDefaults?: SamplerOptions;
}

/** A model that is open, with what lists tell about it. */
export interface OpenServedModel {
  readonly info: ServedModel;
  readonly model: ServableModel;
}

/** Where a server takes its models from. Whoever made the provider closes the models. */
export interface ModelProvider {
  list(): Promise<readonly ServedModel[]>;
  /** Those of the list that are open now; opens none. Default: nobody knows, and the server tells of none. */
  listOpen?(): Promise<readonly OpenServedModel[]>;
  /**
   * The open model of that name; the same one for every request that asks while it stays open.
   * @throws ERR_NOT_FOUND for a name that is not served
   */
  open(name: string): Promise<ServableModel>;
}

/** One model that a list serves: one that is open already, or a way to load it, which is called at most once unless it fails. */
export type ModelListEntry = { readonly info: ServedModel } & (
  | { readonly model: ServableModel }
  | { readonly load: () => Promise<ServableModel> }
);

/** Serves models that are open, or are loaded when they are first asked for, and then stay. */
export function modelList(entries: readonly ModelListEntry[]): ModelProvider {
  const loading = new Map<string, Promise<ServableModel>>();
  const loaded = new Map<string, ServableModel>();
  const openModel = (entry: ModelListEntry) => ("model" in entry ? entry.model : loaded.get(nameKey(entry.info.name)));
  for (const { info } of entries) {
    const same = entries.filter((other) => nameKey(other.info.name) === nameKey(info.name));
    if (same.length > 1)
      throw new PalaverError("ERR_INVALID_ARGUMENT", `two models are called "${info.name}": rename one`);
  }

  return {
    list: async () => entries.map((entry) => entry.info),
    listOpen: async () =>
      entries.flatMap((entry) => {
        const model = openModel(entry);
        return model === undefined ? [] : [{ info: entry.info, model }];
      }),
    open: async (name) => {
      const key = nameKey(name);
      const entry = entries.find((candidate) => nameKey(candidate.info.name) === key);
      if (entry === undefined) throw notServed(name, entries);
      if ("model" in entry) return entry.model;
      const loads = loading.get(key) ?? entry.load();
      loading.set(key, loads);
      try {
        const model = await loads;
        loaded.set(key, model);
        return model;
      } catch (error) {
        if (loading.get(key) === loads) loading.delete(key);
        throw error;
      }
    },
  };
}

/** Serves one model that is open already, under its own name or the one in `info`. */
export function singleModel(model: ServableModel, info: Partial<ServedModel> = {}): ModelProvider {
  return modelList([{ info: { name: model.name, ...info }, model }]);
}

/** The one that a name means, as requests may spell it; undefined for none. */
export function findServed(models: readonly ServedModel[], name: string): ServedModel | undefined {
  return models.find((candidate) => nameKey(candidate.name) === nameKey(name));
}

/** The name with its tag: `latest` where it names none. */
export function fullName(name: string): string {
  const lastPart = name.slice(name.lastIndexOf("/") + 1);
  return lastPart.includes(":") ? name : `${name}:latest`;
}

// --- internal ---

/** What two names of the same model have in common: `Llama3.2` and `llama3.2:latest` do. */
function nameKey(name: string): string {
  return fullName(name).toLowerCase();
}

function notServed(name: string, entries: readonly ModelListEntry[]): PalaverError {
  const served = entries.map((entry) => entry.info.name).join(", ");
  return new PalaverError("ERR_NOT_FOUND", `model "${name}" not found: this server has ${served || "none"}`);
}
