import { appendFile, readFile } from "node:fs/promises";
import { isJsonObject, PalaverError } from "@palaver/core";
import { lossCurveSvg, type TrainEvent } from "@palaver/sft";
import { orIo, replaceFile } from "../replace-file.ts";

/** The measurements of a training: a line of JSON each, and a picture of them. */
export interface MetricsFile {
  /** Adds what was measured; other events are passed over. @throws ERR_IO */
  add(event: TrainEvent, extra: Readonly<Record<string, number>>): Promise<void>;
  /** Takes what an earlier run measured, up to a step: what it measured behind its last checkpoint comes again. @throws ERR_IO */
  resumeAt(step: number): Promise<void>;
  /** Draws the picture anew. @throws ERR_IO */
  draw(title: string): Promise<void>;
}

/** Measurements in `path`, their picture in `curvePath`. */
export function metricsFile(path: string, curvePath: string): MetricsFile {
  let events: TrainEvent[] = [];
  return {
    add: async (event, extra) => {
      if (!isMeasurement(event)) return;
      events.push(event);
      await orIo(path, () => appendFile(path, `${JSON.stringify({ ...event, ...extra })}\n`));
    },
    resumeAt: async (step) => {
      const kept = (await lines(path)).filter((event) => event.step <= step);
      events = kept;
      await replaceFile(path, kept.map((event) => `${JSON.stringify(event)}\n`).join(""));
    },
    draw: (title) => replaceFile(curvePath, lossCurveSvg(events, { title })),
  };
}

// --- internal ---

type Measurement = Extract<TrainEvent, { type: "step" | "evaluation" }>;

function isMeasurement(event: TrainEvent): event is Measurement {
  return event.type === "step" || event.type === "evaluation";
}

/** What can be read of a file that a dying process may have left in the middle of a line. */
async function lines(path: string): Promise<Measurement[]> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw new PalaverError("ERR_IO", `cannot read ${path}: ${error.code}`, { cause: error });
  });
  return text.split("\n").flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      // What has a step and a loss is what `add` wrote.
      const isOurs = isJsonObject(value) && typeof value.step === "number" && typeof value.loss === "number";
      return isOurs ? [value as unknown as Measurement] : [];
    } catch {
      return [];
    }
  });
}
