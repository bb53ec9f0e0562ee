import type { LearningRateOptions, ReadExamplesOptions, TrainedPart } from "@palaver/sft";
import type { FimFlags } from "./fim-flags.ts";

/** What `palaver train` is asked for. */
export interface TrainFlags extends FimFlags {
  readonly model: string;
  readonly data: readonly string[];
  readonly output: string;
  readonly lora?: number;
  readonly loraAlpha?: number;
  readonly loraBase?: "float32" | "q4";
  readonly merge?: boolean;
  readonly epochs?: number;
  readonly steps?: number;
  readonly batch: number;
  readonly tokens?: number;
  readonly accumulate: number;
  readonly learningRate?: number;
  readonly warmup?: number;
  readonly schedule: NonNullable<LearningRateOptions["decay"]>;
  readonly weightDecay?: number;
  readonly optimizer: "adamw" | "muon";
  readonly workers: number;
  readonly evaluate?: string;
  readonly evaluateShare?: number;
  readonly evaluateEvery?: number;
  readonly checkpointEvery?: number;
  readonly resume?: boolean;
  readonly seed: number;
  readonly threads?: number;
  readonly trainOn: "assistant" | "all" | "last";
  readonly format?: NonNullable<ReadExamplesOptions["format"]>;
  readonly minRating?: number;
  readonly json?: boolean;
}

/** The command line's words for what is learnt of a dialogue. */
export const trainedParts: Readonly<Record<TrainFlags["trainOn"], TrainedPart>> = {
  assistant: "assistant",
  all: "all",
  last: "last-turn",
};

/** Orders data, draws holes, names what is held out: where no other is named. */
export const defaultSeed = 1;

/** Threads of each worker. Several workers share the cores already: one each, unless told otherwise. */
export function threadsOf(workers: number, threads: number | undefined): number | undefined {
  return workers > 1 ? (threads ?? 1) : threads;
}

/** How often data is gone through where neither steps nor epochs are named. */
export const defaultEpochs = 3;
/** Tokens of a row where none are named, if the model has as many. */
export const defaultRowTokens = 512;
/** The highest rates where none is named: low-rank changes start from nothing and bear more. */
export const defaultLearningRate = { full: 5e-5, lora: 2e-4 } as const;
