import { fullName, type ServedModel } from "../model-provider.ts";

/** The body of `/api/tags`; what is unknown is empty, because clients expect the fields. */
export function tagsBody(models: readonly ServedModel[], nowMs: number): object {
  return {
    models: models.map(({ name, modifiedAt, sizeBytes, digest, format, family, parameterSize, quantization }) => ({
      name: fullName(name),
      model: fullName(name),
      modified_at: (modifiedAt ?? new Date(nowMs)).toISOString(),
      size: sizeBytes ?? 0,
      digest: digest ?? "",
      details: {
        parent_model: "",
        format: format ?? "",
        family: family ?? "",
        families: family === undefined ? [] : [family],
        parameter_size: parameterSize ?? "",
        quantization_level: quantization ?? "",
      },
    })),
  };
}
