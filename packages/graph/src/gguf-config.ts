import { PalaverError } from "@palaver/core";
import type { GgufFile } from "@palaver/formats";
import { type FieldSource, numberField, optionalNumberField, stringField } from "./config-fields.ts";
import { checkDecoderConfig, type DecoderConfig, type RopeScaling } from "./decoder-config.ts";
import { familyOfGguf } from "./families/families.ts";
import { plainTraits } from "./families/family.ts";
import { LONG_ROPE_FACTORS, ROPE_FACTORS } from "./weights.ts";

/**
 * The description in a GGUF's metadata. The table of tensors decides what metadata leaves open: whether the head is
 * tied and whether there are biases.
 * Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, "LLM".
 * @throws ERR_FORMAT, ERR_UNSUPPORTED
 */
export function parseGgufConfig({ metadata, tensors }: Pick<GgufFile, "metadata" | "tensors">): DecoderConfig {
  const fields: FieldSource = { name: "GGUF metadata", get: (field) => metadata.get(field)?.value };
  const architecture = stringField(fields, "general.architecture");
  if (architecture === undefined)
    throw new PalaverError("ERR_FORMAT", "GGUF metadata: general.architecture is missing");
  const family = familyOfGguf(architecture);
  const key = (field: string) => `${architecture}.${field}`;
  const heads = numberField(fields, key("attention.head_count"));
  const hidden = numberField(fields, key("embedding_length"));
  const headDim = numberField(fields, key("attention.key_length"), hidden / heads);
  if (numberField(fields, key("attention.value_length"), headDim) !== headDim) {
    throw new PalaverError("ERR_UNSUPPORTED", "GGUF metadata: keys and values of different sizes are not supported");
  }
  if (numberField(fields, key("expert_count"), 0) !== 0) {
    throw new PalaverError("ERR_UNSUPPORTED", "GGUF metadata: a mixture of experts is not supported");
  }
  const layers = numberField(fields, key("block_count"));
  const rotaryDim = numberField(fields, key("rope.dimension_count"), headDim);
  const has = (tensor: string) => tensors.has(tensor);
  const config: DecoderConfig = {
    family: family.name,
    layers,
    hidden,
    heads,
    kvHeads: numberField(fields, key("attention.head_count_kv"), heads),
    headDim,
    rotaryDim: rotaryDim === headDim ? undefined : rotaryDim,
    ffn: numberField(fields, key("feed_forward_length")),
    // A row of the table for each token: true also of the files that have no vocab_size.
    vocab: tensors.get("token_embd.weight")?.shape[0] ?? numberField(fields, key("vocab_size")),
    contextTokens: numberField(fields, key("context_length")),
    normEpsilon: numberField(fields, key("attention.layer_norm_rms_epsilon")),
    ropeTheta: numberField(fields, key("rope.freq_base"), family.defaults.ropeTheta),
    ropeScaling: ropeScaling(fields, key, has),
    tiedHead: !tensors.has("output.weight"),
    activation: family.defaults.activation ?? "silu",
    ...plainTraits,
    ...family.ggufTraits({ fields, prefix: architecture, has }, { layers, hidden, heads, headDim }),
  };
  checkDecoderConfig(config);
  return config;
}

// --- internal ---

// Llama 3's rule is not in the metadata: its factors come as the tensor rope_freqs.weight, LongRoPE's as two more.
function ropeScaling(
  fields: FieldSource,
  key: (field: string) => string,
  has: (tensor: string) => boolean,
): RopeScaling {
  const type = stringField(fields, key("rope.scaling.type"));
  if (has(LONG_ROPE_FACTORS.long) && (type === undefined || type === "none" || type === "longrope")) {
    return {
      type: "longrope",
      originalContextTokens: numberField(fields, key("rope.scaling.original_context_length")),
      amplitude: numberField(fields, key("rope.scaling.attn_factor"), 1),
      factors: undefined,
    };
  }
  if (type === "none") return { type };
  if (type === undefined || type === "linear") return linearScaling(fields, key, has);
  throw new PalaverError(
    "ERR_UNSUPPORTED",
    `GGUF metadata: the rotary scaling ${JSON.stringify(type.slice(0, 80))} is not supported: known are linear and longrope with its factors`,
  );
}

// llama.cpp (`load_hparams`) scales linearly where the file names no type, by a factor that has had two names; 0 is none.
function linearScaling(
  fields: FieldSource,
  key: (field: string) => string,
  has: (tensor: string) => boolean,
): RopeScaling {
  const factor =
    optionalNumberField(fields, key("rope.scaling.factor")) ??
    optionalNumberField(fields, key("rope.scale_linear")) ??
    0;
  if (factor === 0) return { type: "none" };
  if (factor === 1 || !has(ROPE_FACTORS)) return { type: "linear", factor };
  throw new PalaverError(
    "ERR_UNSUPPORTED",
    `GGUF metadata: linear rotary scaling beside the factors of ${ROPE_FACTORS} is not supported`,
  );
}
