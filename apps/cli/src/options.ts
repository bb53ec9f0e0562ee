import { ONNX_DTYPES, type OnnxDtype } from "@palaver/hub";
import type { Device, DriverName } from "@palaver/onnx";
import { type Command, InvalidArgumentError, Option } from "commander";

/** Where and how a model runs. */
export interface DeviceFlags {
  readonly device: Device;
  readonly driver: DriverName;
  readonly threads?: number;
}

/** Where, how and how long a model runs. */
export interface RuntimeFlags extends DeviceFlags {
  readonly context?: number;
  readonly adapter?: string;
  readonly dtype?: OnnxDtype;
}

/** How tokens are chosen, and when an answer ends. */
export interface SamplingFlags {
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly repetitionPenalty?: number;
  readonly seed?: number;
  readonly maxTokens?: number;
  readonly stop?: readonly string[];
  readonly speculate?: number;
}

/** Sampling flags that a running chat may change. */
export type MutableSamplingFlags = { -readonly [K in keyof SamplingFlags]: SamplingFlags[K] };

/** Adds `--device`, `--driver`, `--threads`, `--adapter`, `--context` and `--dtype`. */
export function withRuntimeFlags(command: Command): Command {
  return withDeviceFlags(command)
    .addOption(adapterOption())
    .option("--context <tokens>", "longest conversation kept in memory", integer(1, 1 << 24))
    .addOption(dtypeOption());
}

/** `--adapter`: for checkpoints, because it is merged in when they are imported. */
export function adapterOption(): Option {
  return new Option("--adapter <dir>", "merge this low-rank adapter (PEFT's form) into the checkpoint");
}

/** `--dtype`. */
export function dtypeOption(): Option {
  const help = "which graph of a ready-made ONNX folder (default: fp32, or the only one)";
  return new Option("--dtype <dtype>", help).choices(ONNX_DTYPES);
}

/** Adds `--device`, `--driver` and `--threads`. */
export function withDeviceFlags(command: Command): Command {
  return command
    .addOption(
      new Option("--device <name>", "where the model runs")
        .choices(["auto", "cpu", "cuda", "webgpu", "coreml", "dml"])
        .default("auto"),
    )
    .addOption(
      new Option("--driver <name>", "how ONNX Runtime is called")
        .choices(["auto", "native", "portable"])
        .default("auto"),
    )
    .option("--threads <n>", "threads inside one operation", integer(1, 1024));
}

/** Adds the common sampling options. */
export function withSamplingFlags(command: Command): Command {
  return command
    .option("--temperature <t>", "0 takes the likeliest token; higher is more random", real(0, 100))
    .option("--top-k <n>", "keep the n likeliest tokens (0: all)", integer(0, 1 << 24))
    .option("--top-p <p>", "keep the likeliest tokens that reach probability p", real(0, 1))
    .option("--min-p <p>", "keep tokens at least p times as likely as the likeliest", real(0, 1))
    .option(
      "--repetition-penalty <n>",
      "above 1, what was said in the last 64 tokens is less likely to be said again",
      real(0.001, 1000),
    )
    .option("--seed <n>", "same seed, same answer", integer(0, 2 ** 32 - 1))
    .option("--max-tokens <n>", "end the answer after n tokens", integer(0, 1 << 24))
    .option("--stop <text>", "end the answer before this text; may be given again", collect)
    .option(
      "--speculate <n>",
      "guess up to n tokens from what was said: faster where an answer quotes",
      integer(1, 64),
    );
}

/** Parses a whole number of a range. */
export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** Parses a number of a range. */
export function real(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= min && value <= max)) {
      throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
    }
    return value;
  };
}

// --- internal ---

function collect(text: string, before: readonly string[] = []): string[] {
  if (text === "") throw new InvalidArgumentError("It must not be empty.");
  return [...before, text];
}
