import { PalaverError } from "@palaver/core";
import { encodeOnnx } from "@palaver/formats";
import { checkDecoderConfig, type DecoderConfig } from "../decoder-config.ts";
import { decoderWeights } from "./decoder-weights.ts";
import { Tape } from "./tape.ts";
import { batchInputs, checkBatchShape } from "./training-batch.ts";
import { trainingDecoder } from "./training-decoder.ts";
import { type TrainingGraphs, trainingValues } from "./training-graphs.ts";
import { checkLoraOptions, loraScale, type TrainingOptions } from "./training-options.ts";
import { trainingParameters } from "./training-parameters.ts";
import { writeUpdate } from "./write-update.ts";

/** Operators as of ONNX 1.12, as in decoders for inference, and ONNX Runtime's own. */
const OPSETS = { "": 17, "com.microsoft": 1 };
const IR_VERSION = 8;

/**
 * Writes the graphs that train a decoder: all its weights in float32, or low-rank changes of its projections.
 * @throws ERR_FORMAT for a description that does not hold together, ERR_UNSUPPORTED for one that cannot be trained,
 * ERR_INVALID_ARGUMENT
 */
export function writeTraining(config: DecoderConfig, options: TrainingOptions = {}): TrainingGraphs {
  checkDecoderConfig(config);
  refuseUntrained(config);
  const { lora, checkpointing = false } = options;
  if (lora !== undefined) checkLoraOptions(config, lora);
  const sets = trainingParameters(config, options);
  const scale = lora === undefined ? 1 : loraScale(lora);
  const { loss, labelLosses } = trainingValues;
  return {
    ...sets,
    loss: (shape) => {
      checkBatchShape(config, shape);
      const tape = new Tape();
      const batch = batchInputs(tape, shape);
      const weights = decoderWeights(tape, { ...sets, scale, differentiate: false });
      trainingDecoder(tape, config, { weights, batch, names: { loss, labelLosses }, checkpointing: false });
      return encode(tape, "loss");
    },
    gradient: (shape) => {
      checkBatchShape(config, shape);
      const tape = new Tape();
      const batch = batchInputs(tape, shape);
      const weights = decoderWeights(tape, { ...sets, scale, differentiate: true });
      const names = { loss, labelLosses: undefined };
      tape.backward(trainingDecoder(tape, config, { weights, batch, names, checkpointing }), tape.number(1));
      return encode(tape, "gradient");
    },
    update: (update) => encode(writeUpdate(sets.parameters, update), "update"),
  };
}

// --- internal ---

function encode(tape: Tape, name: string): Uint8Array {
  return encodeOnnx({
    irVersion: IR_VERSION,
    producer: "palaver",
    opsets: OPSETS,
    graph: { name, ...tape.finish() },
  });
}

// What changes the numbers and is not written here must be refused: it would train another model in silence.
function refuseUntrained({ family, ropeScaling }: DecoderConfig): void {
  if (ropeScaling.type !== "longrope") return;
  throw new PalaverError("ERR_UNSUPPORTED", `decoders of the family ${family} with LongRoPE cannot be trained yet`);
}
