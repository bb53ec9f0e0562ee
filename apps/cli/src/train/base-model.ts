import { isPalaverError, PalaverError } from "@palaver/core";
import { type ModelText, type OpenedCheckpoint, openCheckpoint, openModelText } from "@palaver/hub";
import { modelPath, rebuildCommand, shippedModel } from "../shipped-model.ts";

/** A checkpoint that is to be trained on, and how it reads and writes text. */
export interface BaseModel extends OpenedCheckpoint {
  /** As it was given. */
  readonly name: string;
  readonly path: string;
  readonly text: ModelText & { readonly tokenizer: NonNullable<ModelText["tokenizer"]> };
}

/** The tensor by which GGUFs of Llama 3.1 and later carry rotary factors that training graphs do not know. */
const ROPE_FACTORS = "rope_freqs.weight";

/** Opens what is to be trained. @throws ERR_UNSUPPORTED for what has no floats to train, ERR_NOT_FOUND; as `openCheckpoint` */
export async function openBase(name: string): Promise<BaseModel> {
  const shipped = await shippedModel(name);
  const path = await modelPath(name);
  const text = await openModelText(path);
  const { tokenizer } = text;
  if (tokenizer === undefined) throw new PalaverError("ERR_NOT_FOUND", `${name} has no tokenizer files`);
  const checkpoint = await openCheckpoint(path).catch((error) => {
    throw isPalaverError(error, "ERR_INVALID_ARGUMENT") ? untrainable(name, shipped !== undefined, error) : error;
  });
  if (!checkpoint.weights.tensors.has(ROPE_FACTORS)) return { ...checkpoint, name, path, text: { ...text, tokenizer } };
  await checkpoint.close();
  throw new PalaverError(
    "ERR_UNSUPPORTED",
    `${name} keeps rotary factors in a tensor: train its safetensors folder instead`,
  );
}

// --- internal ---

function untrainable(name: string, isShipped: boolean, cause: unknown): PalaverError {
  const message = isShipped
    ? `${name} ships with 8-bit weights, which cannot be trained: \`${rebuildCommand}\` in a checkout leaves its float32 form in apps/starter/build/${name.endsWith(":base") ? "base" : "chat"}/checkpoint`
    : `${name} is an ONNX folder, which cannot be trained: give the safetensors folder or GGUF that it was made from`;
  return new PalaverError("ERR_UNSUPPORTED", message, { cause });
}
