import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PalaverError } from "@palaver/core";
import { type ImportOptions, importModel } from "@palaver/hub";
import { writeTinyModel } from "@palaver/test-model";
import { startProcess } from "@palaver/test-process";

// A mutant takes a tenth of a second; machines are busy, and one that hangs must not take the tests with it.
const MAX_SILENCE_MS = 30_000;

/** How the mutants ended. */
export interface GraphAttack {
  /** How many came how far, `ran` or `STAGE:CODE`. */
  readonly endings: Readonly<Record<string, number>>;
  /** The seeds that ended their process, each with what is known of it. */
  readonly crashes: readonly string[];
  readonly slowestMs: number;
}

/** Writes a ready-made folder of the tiny model below `folder`, whose graph is named so that a mutant can take its place. */
export async function writeGraphFolder(folder: string, options: Pick<ImportOptions, "quantize">): Promise<string> {
  const [model, target] = [join(folder, "tiny"), join(folder, `graph-${options.quantize}`)];
  writeTinyModel(model);
  await importModel(model, target, options);
  // Without the manifest it is a folder of anybody's, whose graph may have any size.
  rmSync(join(target, "palaver.json"));
  renameSync(join(target, "model.onnx"), join(target, "original.onnx"));
  return target;
}

/** Opens mutants of the folders' graphs, one for each seed, in processes of their own: a new one after each that was ended. */
export async function attackGraphs(folders: readonly string[], from: number, count: number): Promise<GraphAttack> {
  const endings: Record<string, number> = {};
  const crashes: string[] = [];
  let slowestMs = 0;
  for (let next = from; next < from + count; ) {
    const { lines, failure } = await openMutants([String(next), String(from + count - next), ...folders]);
    if (lines.length === 0) throw new PalaverError("ERR_RUNTIME", `the process opened nothing: ${failure}`);
    for (const [seed, ending = "", ms = "0"] of lines) {
      next = Number(seed) + 1;
      if (ending !== "") endings[ending] = (endings[ending] ?? 0) + 1;
      slowestMs = Math.max(slowestMs, Number(ms));
    }
    if (failure !== undefined) crashes.push(`seed ${next - 1}: ${failure}`);
  }
  return { endings, crashes, slowestMs };
}

// --- internal ---

interface OpenedMutants {
  /** Seed, ending and milliseconds; the last has the seed alone where the process was ended. */
  readonly lines: readonly (readonly string[])[];
  /** How the process ended and what it complained of; undefined where it came to its end. */
  readonly failure: string | undefined;
}

async function openMutants(args: readonly string[]): Promise<OpenedMutants> {
  const child = startProcess(new URL("./hostile-graph-process.ts", import.meta.url), args);
  let heard = 0;
  const watch = setInterval(() => {
    if (child.output.stdout.length === heard) child.kill();
    heard = child.output.stdout.length;
  }, MAX_SILENCE_MS);
  const { code, signal, stdout, stderr } = await child.ended.finally(() => clearInterval(watch));
  const lines = stdout.split("\n").filter((line) => line !== "");
  const failure = code === 0 ? undefined : `${signal ?? `code ${code}`} ${stderr.slice(-500)}`;
  return { lines: lines.map((line) => line.split(" ")), failure };
}
