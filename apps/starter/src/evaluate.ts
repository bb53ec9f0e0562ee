import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { PalaverError } from "@palaver/core";
import { loadModel } from "palaver";
import type { Evaluation, ModelResult } from "./evaluation/evaluation.ts";
import { measureSpeed } from "./evaluation/measure-speed.ts";
import { resultTable } from "./evaluation/result-table.ts";
import { takeExam } from "./evaluation/take-exam.ts";
import { formFolders, forms } from "./rebuild.ts";
import { examOf } from "./world/exam.ts";

export interface EvaluateOptions {
  /** The rebuild's folder. */
  readonly folder: string;
  readonly threads: number;
  /** The part of the exam: `development` while data and recipe change, `test` for what is published. */
  readonly part: "development" | "test";
  /** One model instead of the rebuild's two; nothing is written then. */
  readonly model?: string | undefined;
  readonly print: (line: string) => void;
}

/** Where a rebuild's results are. */
export const evaluationFile = "evaluation.json";

/** Gives the exam to the shipped forms, prints what came of it, and writes it down. */
export async function evaluate({ folder, threads, part, model, print }: EvaluateOptions): Promise<void> {
  const paths =
    model === undefined
      ? forms.map((form) => [form, formFolders(folder, form).model] as const)
      : [[basename(model), model] as const];
  const models: Record<string, Evaluation["models"][string]> = {};
  for (const [name, path] of paths) models[name] = await examine(path, { threads, part });
  const evaluation: Evaluation = { part, models };
  print(resultTable(evaluation));
  if (model === undefined)
    await writeFile(join(folder, evaluationFile), `${JSON.stringify(evaluation, undefined, 1)}\n`);
}

/** The results that `evaluate` wrote. @throws ERR_NOT_FOUND */
export async function readEvaluation(folder: string): Promise<Evaluation> {
  const path = join(folder, evaluationFile);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new PalaverError("ERR_NOT_FOUND", `there is no ${path}: evaluate first`, { cause });
  });
  return JSON.parse(text) as Evaluation;
}

// --- internal ---

async function examine(
  path: string,
  { threads, part }: Pick<EvaluateOptions, "threads" | "part">,
): Promise<Evaluation["models"][string]> {
  const start = performance.now();
  const model = await loadModel(path, { device: "cpu", threads });
  try {
    const speed = await measureSpeed(model, performance.now() - start);
    const result: ModelResult = await takeExam(model, examOf(part));
    return { ...result, bytes: await folderBytes(path), speed };
  } finally {
    await model.close();
  }
}

async function folderBytes(folder: string): Promise<number> {
  const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
