/** The rotary settings of a `config.json`, in the spellings that huggingface/transformers has had. */

import { type JsonObject, PalaverError } from "@palaver/core";
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
  const parameters = objectField(fields, "rope_parameters");
  // Where layers turn differently there are settings for each type.
  const rope = parameters && (objectField(parameters, "full_attention") ?? parameters);
  const share = numberField(rope ?? fields, "partial_rotary_factor", numberField(fields, "partial_rotary_factor", 1));
  return {
    ropeTheta: numberField(rope ?? fields, "rope_theta", ropeTheta),
    ropeScaling: ropeScaling(fields, rope ?? objectField(fields, "rope_scaling")),
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

function ropeScaling(config: FieldSource, fields: FieldSource | undefined): RopeScaling {
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
