export { CacheCalibration, type CacheScales, type LayerCache } from "./cache-scales.ts";
export type { CheckpointOptions, WriteProgress } from "./checkpoint.ts";
export {
  type Activation,
  checkDecoderConfig,
  type DecoderConfig,
  decoderLimits,
  type RopeScaling,
} from "./decoder-config.ts";
export {
  type CacheType,
  type DecoderMetadata,
  decoderForm,
  decoderMetadata,
  decoderValues,
  parseDecoderMetadata,
} from "./decoder-form.ts";
export { parseGgufConfig } from "./gguf-config.ts";
export { ggufWeights } from "./gguf-weights.ts";
export { hasPictures, hfConfig, parseHfConfig } from "./hf-config.ts";
export { randomWeights } from "./random-weights.ts";
export { type ReferenceOptions, referenceLogits } from "./reference/reference-logits.ts";
export type { RoundedTensor } from "./rounding-error.ts";
export { type SafetensorsShard, safetensorsWeights } from "./safetensors-weights.ts";
export { type TextModelWeights, textModelWeights } from "./text-model-weights.ts";
export { mergedWeights } from "./training/merged-weights.ts";
export { trainingData } from "./training/training-data.ts";
export {
  type BatchShape,
  hasVariance,
  type MuonOptions,
  type TrainingGraphs,
  type TrainingParameter,
  trainingValues,
  type UpdateOptions,
} from "./training/training-graphs.ts";
export type { LoraOptions, LoraTarget, TrainingOptions } from "./training/training-options.ts";
export { writeTraining } from "./training/write-training.ts";
export type { QuantizeOptions } from "./weight-form.ts";
export type { WeightType } from "./weight-type.ts";
export type { WeightInfo, Weights } from "./weights.ts";
export { type WriteDecoderOptions, writeDecoder } from "./write-decoder.ts";
