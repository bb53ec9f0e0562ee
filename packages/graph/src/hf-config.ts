import { type JsonObject, PalaverError } from "@palaver/core";
import { booleanField, type FieldSource, jsonFields, numberField, objectField, stringField } from "./config-fields.ts";
import { checkDecoderConfig, type DecoderConfig, type RopeScaling } from "./decoder-config.ts";
import { families, familyOfArchitecture } from "./families/families.ts";

/**
 * The description in a Hugging Face `config.json`, already parsed as JSON.
 * Source: `LlamaConfig`, `MistralConfig` and `Qwen2Config` of huggingface/transformers; both spellings of the rotary
 * settings are read (`rope_theta` with `rope_scaling`, and `rope_parameters`).
 * @throws ERR_FORMAT, ERR_UNSUPPORTED
 */
export function parseHfConfig(json: unknown): DecoderConfig {
  const fields = jsonFields("config.json", json);
  const family = familyOfArchitecture(architectureOf(fields), stringField(fields, "model_type"));
  const activation = stringField(fields, "hidden_act") ?? "silu";
  if (activation !== "silu" && activation !== "swish") {
    throw new PalaverError(
      "ERR_UNSUPPORTED",
      `config.json: the activation ${JSON.stringify(activation)} is not supported: known is silu`,
    );
  }
  const heads = numberField(fields, "num_attention_heads");
  const hidden = numberField(fields, "hidden_size");
  const rope = objectField(fields, "rope_parameters");
  const config: DecoderConfig = {
    family: family.name,
    layers: numberField(fields, "num_hidden_layers"),
    hidden,
    heads,
    kvHeads: numberField(fields, "num_key_value_heads", heads),
    headDim: numberField(fields, "head_dim", hidden / heads),
    ffn: numberField(fields, "intermediate_size"),
    vocab: numberField(fields, "vocab_size"),
    contextTokens: numberField(fields, "max_position_embeddings"),
    normEpsilon: numberField(fields, "rms_norm_eps", family.defaults.normEpsilon),
    ropeTheta: numberField(rope ?? fields, "rope_theta", family.defaults.ropeTheta),
    ropeScaling: ropeScaling(rope ?? objectField(fields, "rope_scaling")),
    tiedHead: booleanField(fields, "tie_word_embeddings", family.defaults.tiedHead),
    ...family.traits(fields),
  };
  checkDecoderConfig(config);
  return config;
}

/** A description as a `config.json`: what `parseHfConfig` reads back, and other tools as well. */
export function hfConfig(config: DecoderConfig): JsonObject {
  const family = families.find((candidate) => candidate.name === config.family);
  const scaling = config.ropeScaling;
  return {
    architectures: family === undefined ? [] : family.architectures.slice(0, 1),
    model_type: config.family,
    hidden_act: "silu",
    hidden_size: config.hidden,
    intermediate_size: config.ffn,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.kvHeads,
    head_dim: config.headDim,
    vocab_size: config.vocab,
    max_position_embeddings: config.contextTokens,
    rms_norm_eps: config.normEpsilon,
    rope_theta: config.ropeTheta,
    rope_scaling: scaling.type === "none" ? null : ropeScalingJson(scaling),
    attention_bias: config.attentionBias,
    sliding_window: config.slidingWindow ?? null,
    tie_word_embeddings: config.tiedHead,
  };
}

// --- internal ---

function architectureOf(fields: FieldSource): string | undefined {
  const architectures = fields.get("architectures");
  if (architectures === undefined || architectures === null) return undefined;
  if (Array.isArray(architectures) && typeof architectures[0] === "string") return architectures[0];
  throw new PalaverError("ERR_FORMAT", "config.json: architectures must be a list of names");
}

function ropeScaling(fields: FieldSource | undefined): RopeScaling {
  if (fields === undefined) return { type: "none" };
  const type = stringField(fields, "rope_type") ?? stringField(fields, "type") ?? "default";
  switch (type) {
    case "default":
      return { type: "none" };
    case "linear":
      return { type, factor: numberField(fields, "factor") };
    case "llama3":
      return {
        type,
        factor: numberField(fields, "factor"),
        lowFrequencyFactor: numberField(fields, "low_freq_factor"),
        highFrequencyFactor: numberField(fields, "high_freq_factor"),
        originalContextTokens: numberField(fields, "original_max_position_embeddings"),
      };
    default:
      throw new PalaverError(
        "ERR_UNSUPPORTED",
        `${fields.name}: the rotary scaling ${JSON.stringify(type.slice(0, 80))} is not supported: known are linear, llama3`,
      );
  }
}

function ropeScalingJson(scaling: Exclude<RopeScaling, { type: "none" }>): JsonObject {
  if (scaling.type === "linear") return { rope_type: "linear", factor: scaling.factor };
  return {
    rope_type: "llama3",
    factor: scaling.factor,
    low_freq_factor: scaling.lowFrequencyFactor,
    high_freq_factor: scaling.highFrequencyFactor,
    original_max_position_embeddings: scaling.originalContextTokens,
  };
}
