import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { byteSource, PalaverError } from "@palaver/core";
import { parseSafetensors } from "@palaver/formats";
import { modelCard, type StageFigures } from "./card/model-card.ts";
import { evaluationFile, readEvaluation } from "./evaluate.ts";
import { type Form, formFolders, forms } from "./rebuild.ts";
import { fullSize } from "./recipe-size.ts";
import { readLog } from "./training/stage-log.ts";

/** The package that ships. Sources and bundle lie equally deep below the app. */
const starterPackage = fileURLToPath(new URL("../../../packages/starter/", import.meta.url));

/** Puts a rebuild's models into the package that ships, with the exam's results and the card that tells them. */
export async function ship(folder: string, { print }: { readonly print: (line: string) => void }): Promise<void> {
  const evaluation = await readEvaluation(folder);
  if (evaluation.part !== "test") {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `${folder} has the development exam: evaluate with --part test`);
  }
  const figures = {
    parameters: await parameterCount(formFolders(folder, "base").checkpoint),
    size: fullSize,
    stages: { base: stageFigures(folder, "base"), chat: stageFigures(folder, "chat") },
    evaluation,
  };
  for (const form of forms) {
    const target = join(starterPackage, "model", form);
    await rm(target, { recursive: true, force: true });
    await cp(formFolders(folder, form).model, target, { recursive: true });
    print(`${form}: ${target}`);
  }
  await writeFile(join(starterPackage, "figures.json"), `${JSON.stringify(figures, undefined, 1)}\n`);
  await writeFile(join(starterPackage, "MODEL_CARD.md"), modelCard(figures));
  await cp(join(folder, "loss.svg"), join(starterPackage, "loss.svg"));
  print(`figures of ${join(folder, evaluationFile)}: ${join(starterPackage, "MODEL_CARD.md")}`);
}

// --- internal ---

async function parameterCount(checkpoint: string): Promise<number> {
  const { tensors } = await parseSafetensors(byteSource(await readFile(join(checkpoint, "model.safetensors"))));
  return [...tensors.values()].reduce((sum, { shape }) => sum + shape.reduce((size, length) => size * length, 1), 0);
}

function stageFigures(folder: string, form: Form): StageFigures {
  const lines = readLog(folder).filter(({ stage }) => stage === form);
  // Steps that a resumed training took again count once.
  const taken = lines.filter(({ type }) => type === "step").map((line) => [line.step, line] as const);
  const steps = [...new Map(taken).values()];
  const heldOut = lines.filter(({ type }) => type === "evaluation").at(-1);
  if (heldOut === undefined) throw new PalaverError("ERR_NOT_FOUND", `${folder} has no log of ${form}: rebuild first`);
  return {
    steps: steps.length,
    tokens: steps.reduce((sum, { tokens = 0 }) => sum + tokens, 0),
    minutes: steps.reduce((sum, { milliseconds = 0 }) => sum + milliseconds, 0) / 60_000,
    heldOutLoss: heldOut.loss,
  };
}
