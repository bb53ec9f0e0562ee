import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lossCurveSvg, type TrainEvent } from "@palaver/sft";

/** A step or an evaluation, as a line of the log. */
export interface LogLine {
  readonly stage: string;
  readonly type: "step" | "evaluation";
  readonly step: number;
  readonly loss: number;
  /** Tokens of a step, padding left out. */
  readonly tokens?: number;
  readonly milliseconds?: number;
}

export interface StageLogOptions {
  /** Where `metrics.jsonl` and `loss.svg` are. */
  readonly folder: string;
  readonly stage: string;
  readonly steps: number;
  /** Takes lines for people. */
  readonly print: (line: string) => void;
  /** A clock in milliseconds. */
  readonly now: () => number;
}

const metricsFile = "metrics.jsonl";
const plotFile = "loss.svg";
/** A line for people at every so many steps. */
const printedSteps = 20;
/** The curve shows the mean of so many: single steps hide the course. */
const plottedSteps = 10;

/** What a training tells, written down: each step in a file, some for people, and the curve at each evaluation. */
export function stageLog({ folder, stage, steps, print, now }: StageLogOptions): (event: TrainEvent) => void {
  let before = now();
  const recent: LogLine[] = [];
  let skipped = 0;
  let hasBegun = false;
  const write = (line: LogLine): void => appendFileSync(join(folder, metricsFile), `${JSON.stringify(line)}\n`);
  return (event) => {
    if (event.type === "step") {
      // A run that was ended before its first checkpoint has left steps that are taken again.
      if (!hasBegun) dropAfter(folder, stage, event.step - 1);
      hasBegun = true;
      const { step, loss, tokens } = event;
      const milliseconds = Math.round(now() - before);
      before = now();
      const line: LogLine = { stage, type: "step", step, loss, tokens, milliseconds };
      write(line);
      recent.push(line);
      if (step % printedSteps !== 0) return;
      const left = skipped === 0 ? "" : `, ${skipped} sequences left out so far`;
      print(`${stage} ${summary(recent.splice(0), steps)}, rate ${event.learningRate.toExponential(1)}${left}`);
    } else if (event.type === "evaluation") {
      write({ stage, type: "evaluation", step: event.step, loss: event.loss });
      print(`${stage} ${event.step}: held-out loss ${event.loss.toFixed(3)}`);
      writeFileSync(join(folder, plotFile), plot(readLog(folder)));
      before = now();
    } else if (event.type === "checkpoint") {
      before = now();
    } else if (event.type === "sequence-skip") {
      skipped++;
    } else if (event.type === "resume") {
      dropAfter(folder, stage, event.step);
      print(`${stage}: goes on from step ${event.step}${changes(event.changed)}`);
    } else if (event.type === "checkpoint-refused") {
      print(`${stage}: ${event.checkpoint} is refused: ${event.reason}`);
    }
  };
}

/** The lines that a folder's log holds, of all stages. */
export function readLog(folder: string): LogLine[] {
  const path = join(folder, metricsFile);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as LogLine];
    } catch {
      // The last one, or one that was cut short where the program was ended in the middle of it.
      return [];
    }
  });
}

// --- internal ---

function summary(lines: readonly LogLine[], steps: number): string {
  const { step } = lines.at(-1)!;
  const mean = lines.reduce((sum, { loss }) => sum + loss, 0) / lines.length;
  const seconds = lines.reduce((sum, { milliseconds = 0 }) => sum + milliseconds, 0) / 1000;
  const tokens = lines.reduce((sum, line) => sum + (line.tokens ?? 0), 0);
  const left = Math.round(((steps - step) * seconds) / lines.length);
  return `${step}/${steps}: loss ${mean.toFixed(3)}, ${Math.round(tokens / seconds)} tokens/s, ${duration(left)} left`;
}

function duration(seconds: number): string {
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

function changes(changed: readonly string[]): string {
  return changed.length === 0 ? "" : `, with other settings than before: ${changed.join(", ")}`;
}

/** Steps behind a checkpoint are taken again, and written again. */
function dropAfter(folder: string, stage: string, step: number): void {
  const kept = readLog(folder).filter((line) => line.stage !== stage || line.step <= step);
  writeFileSync(join(folder, metricsFile), kept.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

function plot(lines: readonly LogLine[]): string {
  const title = "The loss of both stages over their steps";
  const points = lines.map((line) => ({ ...line, training: line.stage }));
  return lossCurveSvg(points, { title, meanSteps: plottedSteps });
}
