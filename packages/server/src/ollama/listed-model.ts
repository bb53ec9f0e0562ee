import { fullName, type ServedModel } from "../model-provider.ts";

/** Stands for a digest that is not known: Ollama's own client shows twelve digits and ends at a shorter text. */
const UNKNOWN_DIGEST = "0".repeat(64);

/** What all lists tell of a model; what is unknown is empty, because clients expect the fields. */
export function listedModel(info: ServedModel): object {
  const { name, sizeBytes = 0, digest = UNKNOWN_DIGEST } = info;
  return {
    name: fullName(name),
    model: fullName(name),
    size: sizeBytes,
    digest: digest.replace(/^sha256:/, ""),
    details: modelDetails(info),
  };
}

/** The `details` of a model in every answer about it. */
export function modelDetails({ format, family, parameterSize, quantization }: ServedModel): object {
  return {
    parent_model: "",
    format: format ?? "",
    family: family ?? "",
    families: family === undefined ? [] : [family],
    parameter_size: parameterSize ?? "",
    quantization_level: quantization ?? "",
  };
}

/** When a model was changed last, as Ollama writes it down; where that is not known, it is `startedMs`, so that it stays the same. */
export function modifiedAt({ modifiedAt: known }: ServedModel, startedMs: number): string {
  return (known ?? new Date(startedMs)).toISOString();
}
