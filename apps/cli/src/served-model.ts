import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { DecoderForm, OpenedModel } from "@palaver/hub";
import type { ServedModel } from "@palaver/server";
import { defined } from "./defined.ts";
import { shortCount } from "./short-count.ts";

/** What lists of models tell. An import in the cache lies in a folder that is named by the hash of its source. */
export async function servedModel({
  name,
  source,
  onnxPath,
  form,
  details,
  fileBytes,
  template,
}: OpenedModel): Promise<ServedModel> {
  const { architecture: family, quantization, parameters: parameterCount } = details;
  const digest = basename(dirname(onnxPath));
  return {
    name,
    modifiedAt: (await stat(onnxPath)).mtime,
    sizeBytes: fileBytes,
    format: formatOf(source, form),
    ...(/^[0-9a-f]{64}$/.test(digest) && { digest }),
    ...defined({ family, quantization, parameterCount, template: template?.source }),
    ...(parameterCount !== undefined && { parameterSize: shortCount(parameterCount) }),
  };
}

// --- internal ---

function formatOf(source: string, { kind }: DecoderForm): string {
  if (source.toLowerCase().endsWith(".gguf")) return "gguf";
  return kind === "hub" ? "onnx" : "safetensors";
}
