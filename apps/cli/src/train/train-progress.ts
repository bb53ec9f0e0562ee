import type { Evaluation, StepMetrics } from "@palaver/sft";
import type { Io } from "../io.ts";
import { liveLine } from "../live-line.ts";

/** How much the newest step counts in the mean time of a step. */
const newestShare = 0.1;
const width = 20;

/** Shows how far a training is, on stderr: a live line on a terminal, else a line now and then. */
export interface TrainProgress {
  step(metrics: StepMetrics): void;
  evaluation(evaluation: Evaluation): void;
  /** Ends the live line, so that other text can follow. */
  pause(): void;
}

export interface TrainProgressOptions {
  readonly steps: number;
  /** Milliseconds, from any start. */
  readonly now: () => number;
}

/** The progress of `steps` steps. */
export function trainProgress(io: Io, { steps, now }: TrainProgressOptions): TrainProgress {
  const line = liveLine(io, now);
  let last = now();
  let stepMs: number | undefined;
  let held = "";
  return {
    step: ({ step, loss, tokens }) => {
      const at = now();
      const took = Math.max(at - last, 1e-3);
      last = at;
      stepMs = stepMs === undefined ? took : stepMs + newestShare * (took - stepMs);
      const speed = `${Math.round((tokens / stepMs) * 1000)} tokens/s`;
      const left = `${clock(((steps - step) * stepMs) / 1000)} left`;
      const full = Math.round((step / steps) * width);
      line.show(`step ${step} of ${steps}  loss ${loss.toFixed(4)}${held}  ${speed}  ${left}`, {
        bar: `[${"#".repeat(full)}${" ".repeat(width - full)}] `,
        isLast: step === steps,
      });
    },
    evaluation: ({ loss }) => {
      held = ` (held out ${loss.toFixed(4)})`;
      // Measuring is no part of a step's time.
      last = now();
    },
    pause: line.pause,
  };
}

// --- internal ---

/** `1:02:03` or `2:03`. */
function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
