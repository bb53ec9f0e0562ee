import { type Model, PalaverError } from "@palaver/core";
import type { SamplerOptions } from "@palaver/sampling";

/** What a list of models tells about one of them. Everything but the name may be unknown. */
export interface ServedModel {
  /** What requests call it: `name` or `name:tag`. */
  readonly name: string;
  /** When its files changed last. Default: the time of the answer. */
  readonly modifiedAt?: Date;
  /** Bytes of its files. Default: 0. */
  readonly sizeBytes?: number;
  /** Of its files: `sha256:` and 64 hex digits. Default: empty. */
  readonly digest?: string;
  /** `gguf`, `safetensors`, `onnx`. Default: empty. */
  readonly format?: string;
  /** `llama`, `qwen2` and the like. Default: empty. */
  readonly family?: string;
  /** As people write it: `1.2B`. Default: empty. */
  readonly parameterSize?: string;
  /** As people write it: `Q4_0`. Default: empty. */
  readonly quantization?: string;
}

/** A model that requests are answered with. */
export interface ServableModel extends Model {
  /** What its makers advise, where a request names nothing else. Default: what is usual in the request's dialect. */
  readonly samplingDefaults?: SamplerOptions;
}

/** Where a server takes its models from. Whoever made the provider closes the models. */
export interface ModelProvider {
  list(): Promise<readonly ServedModel[]>;
  /**
   * The open model of that name; the same one for every request that asks while it stays open.
   * @throws ERR_NOT_FOUND for a name that is not served
   */
  open(name: string): Promise<ServableModel>;
}

/** One model that a list serves. */
export interface ModelListEntry {
  readonly info: ServedModel;
  /** Loads the model; called at most once unless it fails. */
  readonly load: () => Promise<ServableModel>;
}

/** Serves models that are loaded when they are first asked for and then stay. */
export function modelList(entries: readonly ModelListEntry[]): ModelProvider {
  const loading = new Map<string, Promise<ServableModel>>();
  for (const { info } of entries) {
    const same = entries.filter((other) => nameKey(other.info.name) === nameKey(info.name));
    if (same.length > 1)
      throw new PalaverError("ERR_INVALID_ARGUMENT", `two models are called "${info.name}": rename one`);
  }

  return {
    list: async () => entries.map((entry) => entry.info),
    open: async (name) => {
      const key = nameKey(name);
      const entry = entries.find((candidate) => nameKey(candidate.info.name) === key);
      if (entry === undefined) throw notServed(name, entries);
      const model = loading.get(key) ?? entry.load();
      loading.set(key, model);
      try {
        return await model;
      } catch (error) {
        if (loading.get(key) === model) loading.delete(key);
        throw error;
      }
    },
  };
}

/** Serves one model that is open already, under its own name or the one in `info`. */
export function singleModel(model: ServableModel, info: Partial<ServedModel> = {}): ModelProvider {
  return modelList([{ info: { name: model.name, ...info }, load: async () => model }]);
}

/** The name with its tag: `latest` where it names none. */
export function fullName(name: string): string {
  const lastPart = name.slice(name.lastIndexOf("/") + 1);
  return lastPart.includes(":") ? name : `${name}:latest`;
}

/** What two names of the same model have in common: `Llama3.2` and `llama3.2:latest` do. */
export function nameKey(name: string): string {
  return fullName(name).toLowerCase();
}

// --- internal ---

function notServed(name: string, entries: readonly ModelListEntry[]): PalaverError {
  const served = entries.map((entry) => entry.info.name).join(", ");
  return new PalaverError("ERR_NOT_FOUND", `model "${name}" not found: this server has ${served || "none"}`);
}
