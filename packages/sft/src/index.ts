export { type CheckDataOptions, checkData } from "./check/check-data.ts";
export { type CheckDialogueOptions, type CheckedDialogue, checkDialogue } from "./check/check-dialogue.ts";
export { type CheckMaskOptions, checkMask } from "./check/check-mask.ts";
export type { MaskProblem, MaskProblemCode } from "./check/mask-problem.ts";
export { checkpointWeights } from "./checkpoint/checkpoint-file.ts";
export { type CheckpointSource, type CheckpointStore, memoryCheckpointStore } from "./checkpoint/checkpoint-store.ts";
export { type DataFormat, detectDataFormat } from "./data/data-format.ts";
export type { Lines } from "./data/data-record.ts";
export { type EncodeDialogueOptions, encodeDialogue, type TrainedPart } from "./data/encode-dialogue.ts";
export { type EncodeExampleOptions, encodeExample } from "./data/encode-example.ts";
export {
  type CodeExample,
  type CompletionExample,
  type DialogueExample,
  type Example,
  isCuttable,
  type TextExample,
} from "./data/example.ts";
export { type FimSequenceOptions, fimSequence } from "./data/fim-sequence.ts";
export { type FilledHole, type HoleSequenceOptions, holeSequence } from "./data/hole-sequence.ts";
export { type DataEvent, type ReadExamplesOptions, readExamples } from "./data/read-examples.ts";
export { completionSequence, textSequence } from "./data/text-sequence.ts";
export {
  type DialogueAsk,
  type GenerateDataOptions,
  type GenerateEvent,
  generateData,
} from "./generate/generate-data.ts";
export type { Fetch } from "./generate/request-answer.ts";
export type { SkippedSequence, SkipReason } from "./packing/sequence-pool.ts";
export { type ShuffleOptions, shuffledSequences } from "./packing/shuffled-sequences.ts";
export type { SequenceIterable, SequenceSource, TrainingSequence } from "./packing/training-sequence.ts";
export type { DataPreview, DataProblem, DataReport, PreviewPiece } from "./report/data-report.ts";
export { type DataReportHtmlOptions, dataReportHtml } from "./report/data-report-html.ts";
export { type LossCurveOptions, type LossPoint, lossCurveSvg } from "./report/loss-curve-svg.ts";
export { createTrainer } from "./training/create-trainer.ts";
export type { EvaluateOptions } from "./training/evaluate-loss.ts";
export { type InitialWeightsOptions, initialWeights } from "./training/initial-weights.ts";
export { type LearningRateOptions, learningRate } from "./training/learning-rate.ts";
export { loraWeights } from "./training/lora-weights.ts";
export type { Evaluation, StepMetrics, TrainEvent } from "./training/train-event.ts";
export type { CheckpointOptions, TrainOptions } from "./training/train-options.ts";
export type { Trainer, TrainerOptions } from "./training/trainer.ts";
