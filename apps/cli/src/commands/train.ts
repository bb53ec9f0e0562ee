import { type Command, Option } from "commander";
import { interruptible } from "../interrupts.ts";
import { type Io, write, writeJson } from "../io.ts";
import { integer, real } from "../options.ts";
import { fimOf, withFimFlags } from "../train/fim-flags.ts";
import { runTraining, type TrainingSummary } from "../train/run-training.ts";
import { formatOption, trainOnOption } from "../train/train-command-options.ts";
import {
  defaultEpochs,
  defaultLearningRate,
  defaultRowTokens,
  defaultSeed,
  type TrainFlags,
} from "../train/train-flags.ts";
import { UsageError } from "../usage-error.ts";

/** `palaver train`: supervised fine-tuning of a checkpoint, whole or by a low-rank adapter. */
export function trainCommand(program: Command, io: Io): void {
  withFimFlags(program.command("train"))
    .description("Fine-tune a checkpoint on dialogues, texts or code.")
    .requiredOption("--model <base>", "what to start from: a safetensors folder, a .gguf file")
    .requiredOption(
      "--data <file...>",
      "JSON lines, a JSON array or plain text; `palaver data check` looks at it first",
    )
    .requiredOption("-o, --output <dir>", "the folder for the result, its metrics and checkpoints")
    .option(
      "--lora <rank>",
      "train low-rank changes instead of all weights; the result is an adapter",
      integer(1, 1024),
    )
    .option("--lora-alpha <n>", "changes count alpha / rank (default: twice the rank)", real(1e-6, 1e6))
    .addOption(
      new Option("--lora-base <form>", "how the weights that stay are kept (default: float32)").choices([
        "float32",
        "q4",
      ]),
    )
    .option("--merge", "with --lora: write the whole model instead of the adapter")
    .option("--epochs <n>", `how often the data is gone through, about (default: ${defaultEpochs})`, real(0.001, 1e6))
    .option("--steps <n>", "how many steps to take, instead of --epochs", integer(1, 1e9))
    .option("--batch <rows>", "rows of a batch", integer(1, 4096), 4)
    .option(
      "--tokens <n>",
      `tokens of a row (default: ${defaultRowTokens}, or the model's context)`,
      integer(2, 1 << 20),
    )
    .option("--accumulate <n>", "batches of a step", integer(1, 4096), 1)
    .option(
      "--learning-rate <x>",
      `the highest rate (default: ${defaultLearningRate.full}, with --lora ${defaultLearningRate.lora})`,
      real(1e-9, 10),
    )
    .option("--warmup <steps>", "steps until the highest rate (default: a twentieth of all)", integer(0, 1e9))
    .addOption(
      new Option("--schedule <name>", "how the rate falls").choices(["cosine", "linear", "constant"]).default("cosine"),
    )
    .addOption(
      new Option("--optimizer <name>", "adamw, or muon for the layers' matrices: fewer steps")
        .choices(["adamw", "muon"])
        .default("adamw"),
    )
    .option(
      "--workers <n>",
      "batches of a step computed at the same time, each with --threads (or 1)",
      integer(1, 64),
      1,
    )
    .option("--weight-decay <x>", "pull of matrices towards zero (default: 0.1)", real(0, 10))
    .option("--evaluate <file>", "held-out data to measure")
    .option("--evaluate-share <x>", "hold this share of --data out", real(0.001, 0.9))
    .option("--evaluate-every <steps>", "how often to measure (default: ten times in all)", integer(1, 1e9))
    .option("--checkpoint-every <steps>", "how often to save (default: ten times, or every 100 steps)", integer(1, 1e9))
    .option("--resume", "go on from the last checkpoint in the folder, if there is one")
    .option("--seed <n>", "order of the data and what is drawn", integer(0, 2 ** 32 - 1), defaultSeed)
    .option("--threads <n>", "threads inside one operation", integer(1, 1024))
    .addOption(trainOnOption())
    .addOption(formatOption())
    .option("--min-rating <n>", "only records rated at least so", real(-1e6, 1e6))
    .option("--json", "at the end, one JSON value: {path, kind, steps, loss, evaluationLoss, ...}")
    .action(async (flags: TrainFlags) => {
      checkUsage(flags);
      const summary = await interruptible(io.interrupts, (signal) => runTraining(io, flags, signal));
      if (flags.json) await writeJson(io, summary);
      else await write(io.stdout, `${summary.path}\n`);
      if (!flags.json) await write(io.stderr, told(summary));
    });
}

// --- internal ---

function checkUsage(flags: TrainFlags): void {
  const { lora, loraAlpha, loraBase, merge, epochs, steps, evaluate, evaluateShare, evaluateEvery } = flags;
  if (lora !== undefined && flags.optimizer === "muon") {
    throw new UsageError("--optimizer muon is for whole matrices, not for --lora");
  }
  if (flags.workers > flags.accumulate) {
    throw new UsageError(`--workers ${flags.workers} needs as many batches in a step: raise --accumulate`);
  }
  if (lora === undefined && (loraAlpha !== undefined || loraBase !== undefined || merge)) {
    throw new UsageError("--lora-alpha, --lora-base and --merge are for --lora RANK");
  }
  fimOf(flags, flags.seed);
  if (epochs !== undefined && steps !== undefined) throw new UsageError("give --epochs or --steps, not both");
  if (evaluate !== undefined && evaluateShare !== undefined) {
    throw new UsageError("give --evaluate or --evaluate-share, not both");
  }
  if (evaluateEvery !== undefined && evaluate === undefined && evaluateShare === undefined) {
    throw new UsageError("--evaluate-every needs --evaluate or --evaluate-share");
  }
}

function told({ kind, path, steps, loss, evaluationLoss, tokensPerSecond }: TrainingSummary): string {
  const losses = loss === null ? "" : `, loss ${loss.toFixed(4)}`;
  const held = evaluationLoss === null ? "" : `, held out ${evaluationLoss.toFixed(4)}`;
  const speed = tokensPerSecond === null ? "" : `, ${tokensPerSecond} tokens/s`;
  const use = kind === "adapter" ? `--adapter ${path}` : path;
  return `palaver: ${steps} steps${losses}${held}${speed}; try it: palaver run ${kind === "adapter" ? "MODEL " : ""}${use} "..."\n`;
}
