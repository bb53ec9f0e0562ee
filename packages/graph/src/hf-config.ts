import { type JsonObject, PalaverError } from "@palaver/core";
import { booleanField, type FieldSource, jsonFields, numberField, objectField, stringField } from "./config-fields.ts";
import { type Activation, checkDecoderConfig, type DecoderConfig } from "./decoder-config.ts";
import { families, familyOfArchitecture } from "./families/families.ts";
import { type Family, plainTraits } from "./families/family.ts";
import { parseHfRope, ropeScalingJson } from "./hf-rope.ts";

/**
 * The description in a Hugging Face `config.json`, already parsed as JSON.
 * Source: the families' configuration classes in huggingface/transformers; both spellings of the rotary
 * settings are read (`rope_theta` with `rope_scaling`, and `rope_parameters`).
 * @throws ERR_FORMAT, ERR_UNSUPPORTED
 */
export function parseHfConfig(json: unknown): DecoderConfig {
  const { family, fields } = describedText(json);
  const { sizes = {} } = family.defaults;
  const heads = numberField(fields, "num_attention_heads", sizes.heads);
  const hidden = numberField(fields, "hidden_size");
  const headDim = numberField(fields, "head_dim", family.defaults.headDim ?? hidden / heads);
  const layers = numberField(fields, "num_hidden_layers");
  const config: DecoderConfig = {
    family: family.name,
    layers,
    hidden,
    heads,
    kvHeads: numberField(fields, "num_key_value_heads", sizes.kvHeads ?? heads),
    headDim,
    ffn: numberField(fields, "intermediate_size"),
    vocab: numberField(fields, "vocab_size", sizes.vocab),
    contextTokens: numberField(fields, "max_position_embeddings", sizes.contextTokens),
    normEpsilon: numberField(fields, "rms_norm_eps", family.defaults.normEpsilon),
    ...parseHfRope(fields, { headDim, ropeTheta: family.defaults.ropeTheta }),
    tiedHead: booleanField(fields, "tie_word_embeddings", family.defaults.tiedHead),
    activation: activationOf(fields, family.defaults.activation ?? "silu"),
    ...plainTraits,
    ...family.traits(fields, { layers, hidden, heads, headDim }),
  };
  checkDecoderConfig(config);
  return config;
}

/** A description as a `config.json`: what `parseHfConfig` reads back, and other tools as well. */
export function hfConfig(config: DecoderConfig): JsonObject {
  const family = families.find((candidate) => candidate.name === config.family);
  return {
    architectures: family === undefined ? [] : family.architectures.slice(0, 1),
    model_type: config.family,
    hidden_act: ACTIVATIONS.find(([, activation]) => activation === config.activation)?.[0] ?? null,
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
    rope_scaling: ropeScalingJson(config.ropeScaling),
    partial_rotary_factor: config.rotaryDim === undefined ? 1 : config.rotaryDim / config.headDim,
    attention_bias: config.attentionBias,
    sliding_window: config.slidingWindow ?? null,
    tie_word_embeddings: config.tiedHead,
    ...family?.json?.(config),
  };
}

/**
 * True for the description of a model of pictures and text, of which the text model alone is taken.
 * @throws ERR_FORMAT, ERR_UNSUPPORTED
 */
export function hasPictures(json: unknown): boolean {
  return describedText(json).pictures;
}

// --- internal ---

function describedText(json: unknown): { family: Family; fields: FieldSource; pictures: boolean } {
  const fields = jsonFields("config.json", json);
  const architecture = architectureOf(fields);
  const family = familyOfArchitecture(architecture, stringField(fields, "model_type"));
  if (architecture === undefined || !family.pictureArchitectures?.includes(architecture))
    return { family, fields, pictures: false };
  const text = objectField(fields, "text_config");
  if (text === undefined) throw new PalaverError("ERR_FORMAT", "config.json: text_config is missing");
  return { family, fields: text, pictures: true };
}

function architectureOf(fields: FieldSource): string | undefined {
  const architectures = fields.get("architectures");
  if (architectures === undefined || architectures === null) return undefined;
  if (Array.isArray(architectures) && typeof architectures[0] === "string") return architectures[0];
  throw new PalaverError("ERR_FORMAT", "config.json: architectures must be a list of names");
}

// Names of the same function, the one to write first. Gemma's files have it under a name of its own, and an older one
// beside it.
const ACTIVATIONS: readonly (readonly [name: string, activation: Activation])[] = [
  ["silu", "silu"],
  ["swish", "silu"],
  ["gelu_pytorch_tanh", "gelu-tanh"],
];

function activationOf(fields: FieldSource, fallback: Activation): Activation {
  const name = stringField(fields, "hidden_activation") ?? stringField(fields, "hidden_act");
  if (name === undefined) return fallback;
  const known = ACTIVATIONS.find(([candidate]) => candidate === name);
  if (known !== undefined) return known[1];
  throw new PalaverError(
    "ERR_UNSUPPORTED",
    `config.json: the activation ${JSON.stringify(name.slice(0, 80))} is not supported: known are silu, gelu_pytorch_tanh`,
  );
}
