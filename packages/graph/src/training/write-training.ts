import { PalaverError } from "@palaver/core";
import { encodeOnnx } from "@palaver/formats";
import { checkDecoderConfig, type DecoderConfig } from "../decoder-config.ts";
import { Tape, type Value } from "./tape.ts";
import { batchInputs, checkBatchShape } from "./training-batch.ts";
import { writeTrainingDecoder } from "./training-decoder.ts";
import { type BatchShape, type TrainingGraphs, type TrainingParameter, trainingValues } from "./training-graphs.ts";
import { decoderParameters } from "./training-parameters.ts";
import type { LossNames } from "./vocabulary-loss.ts";
import { writeUpdate } from "./write-update.ts";

/** Operators as of ONNX 1.12, as in decoders for inference, and ONNX Runtime's own. */
const OPSETS = { "": 17, "com.microsoft": 1 };
const IR_VERSION = 8;

/**
 * Writes the graphs that train a decoder: all its weights, in float32.
 * @throws ERR_FORMAT for a description that does not hold together, ERR_UNSUPPORTED for one that cannot be trained
 */
export function writeTraining(config: DecoderConfig): TrainingGraphs {
  checkDecoderConfig(config);
  refuseUntrained(config);
  const parameters = decoderParameters(config);
  return {
    parameters,
    frozen: [],
    loss: (shape) => {
      checkBatchShape(config, shape);
      const tape = new Tape();
      const { loss, labelLosses } = trainingValues;
      const declare = (name: string): Value => tape.input(trainingValues.weight(name), "float32", find(name).shape);
      writeLoss(tape, config, shape, { names: { loss, labelLosses }, declare });
      return encode(tape, "loss");
    },
    gradient: (shape) => {
      checkBatchShape(config, shape);
      const tape = new Tape();
      const names = { loss: trainingValues.loss, labelLosses: undefined };
      const declare = (name: string): Value =>
        tape.parameter(trainingValues.weight(name), find(name).shape, {
          gradient: trainingValues.gradient(name),
          gradientOut: trainingValues.gradientOut(name),
        });
      const loss = writeLoss(tape, config, shape, { names, declare });
      tape.backward(loss, tape.number(1));
      return encode(tape, "gradient");
    },
    update: (options) => encode(writeUpdate(parameters, options), "update"),
  };

  function find(name: string): TrainingParameter {
    const parameter = parameters.find((candidate) => candidate.name === name);
    if (parameter === undefined) throw new PalaverError("ERR_NOT_FOUND", `this decoder has no weight ${name}`);
    return parameter;
  }
}

// --- internal ---

function writeLoss(
  tape: Tape,
  config: DecoderConfig,
  shape: BatchShape,
  { names, declare }: { readonly names: LossNames; readonly declare: (name: string) => Value },
): Value {
  const batch = batchInputs(tape, shape);
  const declared = new Map<string, Value>();
  const weight = (name: string): Value => {
    const value = declared.get(name) ?? declare(name);
    declared.set(name, value);
    return value;
  };
  return writeTrainingDecoder(tape, config, { weight, batch, names });
}

function encode(tape: Tape, name: string): Uint8Array {
  return encodeOnnx({
    irVersion: IR_VERSION,
    producer: "palaver",
    opsets: OPSETS,
    graph: { name, ...tape.finish() },
  });
}

// What changes the numbers and has no adjoint here must be refused: it would train another model in silence.
function refuseUntrained(config: DecoderConfig): void {
  const untrained: readonly [string, boolean][] = [
    ["norms on queries and keys", config.qkNorm],
    ["packed projections", config.packedProjections],
    ["heads that turn in part", config.rotaryDim !== undefined && config.rotaryDim !== config.headDim],
    ["LongRoPE", config.ropeScaling.type === "longrope"],
    ["a cap on scores", config.attentionSoftcap !== undefined],
    ["a sliding window", config.slidingWindow !== undefined],
    ["GELU", config.activation !== "silu"],
    ["norms whose weights are kept less 1", config.normOffset !== 0],
    ["norms after attention and feed-forward", config.postNorms],
    ["a scaled embedding", config.embeddingScale !== 1],
    ["a cap on logits", config.logitSoftcap !== undefined],
  ];
  const found = untrained.filter(([, has]) => has).map(([what]) => what);
  if (found.length === 0) return;
  throw new PalaverError(
    "ERR_UNSUPPORTED",
    `decoders of the family ${config.family} cannot be trained: ${found.join(", ")} not supported`,
  );
}
