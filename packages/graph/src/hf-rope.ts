/** The rotary settings of a `config.json`, in the spellings that huggingface/transformers has had. */

import { isJsonObject, type JsonObject, PalaverError } from "@palaver/core";
import {
  type FieldSource,
  numberField,
  numbersField,
  objectField,
  optionalNumberField,
  stringField,
} from "./config-fields.ts";
import { type DecoderConfig, decoderLimits, type RopeScaling } from "./decoder-config.ts";

/** What the rotary settings decide. */
type RopeSettings = Pick<DecoderConfig, "ropeTheta" | "ropeScaling" | "rotaryDim">;

/** Reads the rotary settings of the layers that see all tokens. @throws ERR_FORMAT, ERR_UNSUPPORTED */
export function parseHfRope(
  fields: FieldSource,
  { headDim, ropeTheta }: { readonly headDim: number; readonly ropeTheta: number },
): RopeSettings {
  const rope = ropeFields(fields);
  const share = numberField(rope, "partial_rotary_factor", numberField(fields, "partial_rotary_factor", 1));
  return {
    ropeTheta: numberField(rope, "rope_theta", numberField(fields, "rope_theta", ropeTheta)),
    ropeScaling: ropeScaling(fields, rope),
    rotaryDim: share === 1 ? undefined : Math.trunc(headDim * share),
  };
}

/** A scaling as a config.json has it under `rope_scaling`. */
export function ropeScalingJson(scaling: RopeScaling): JsonObject | null {
  switch (scaling.type) {
    case "none":
      return null;
    case "linear":
      return { rope_type: "linear", factor: scaling.factor };
    case "llama3":
      return {
        rope_type: "llama3",
        factor: scaling.factor,
        low_freq_factor: scaling.lowFrequencyFactor,
        high_freq_factor: scaling.highFrequencyFactor,
        original_max_position_embeddings: scaling.originalContextTokens,
      };
    case "longrope":
      return {
        rope_type: "longrope",
        original_max_position_embeddings: scaling.originalContextTokens,
        attention_factor: scaling.amplitude,
        ...(scaling.factors && { short_factor: [...scaling.factors.short], long_factor: [...scaling.factors.long] }),
      };
    default:
      return scaling satisfies never;
  }
}

// --- internal ---

/**
 * The settings under whichever name they have. Where both are there, `rope_scaling` takes the place of `rope_parameters`,
 * as in transformers (`convert_rope_params_to_dict`); of settings for each type of layer it changes those of the layers
 * that see all tokens.
 */
function ropeFields(fields: FieldSource): FieldSource {
  const scaling = objectField(fields, "rope_scaling");
  const parameters = objectField(fields, "rope_parameters");
  const full = parameters && objectField(parameters, "full_attention");
  if (scaling === undefined || isEmpty(fields.get("rope_scaling"))) return full ?? parameters ?? NO_FIELDS;
  return full === undefined ? scaling : { ...scaling, get: (field) => scaling.get(field) ?? full.get(field) };
}

const NO_FIELDS: FieldSource = { name: "config.json", get: () => undefined };

function isEmpty(object: unknown): boolean {
  return isJsonObject(object) && Object.keys(object).length === 0;
}

function ropeScaling(config: FieldSource, fields: FieldSource): RopeScaling {
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
    // The name that Phi-3's first release had for it.
    case "su":
    case "longrope":
      return longRope(config, fields);
    default:
      throw new PalaverError(
        "ERR_UNSUPPORTED",
        `${fields.name}: the rotary scaling ${JSON.stringify(type.slice(0, 80))} is not supported: known are linear, llama3, longrope`,
      );
  }
}

function longRope(config: FieldSource, fields: FieldSource): RopeScaling {
  const original = numberField(
    fields,
    "original_max_position_embeddings",
    optionalNumberField(config, "original_max_position_embeddings"),
  );
  const stretch = numberField(config, "max_position_embeddings") / original;
  const amplitude = stretch > 1 ? Math.sqrt(1 + Math.log(stretch) / Math.log(original)) : 1;
  return {
    type: "longrope",
    originalContextTokens: original,
    amplitude: numberField(fields, "attention_factor", amplitude),
    factors: {
      short: numbersField(fields, "short_factor", decoderLimits.headDim),
      long: numbersField(fields, "long_factor", decoderLimits.headDim),
    },
  };
}
