import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isJsonObject, type JsonObject, PalaverError } from "@palaver/core";

/** Marks a folder in which something was trained, and says how. */
const TRAINING = "training.json";
const UNFINISHED = `.${TRAINING}`;

/** Names of what a training writes beside the model. */
export const trainingFiles = { metrics: "metrics.jsonl", curve: "loss.svg", checkpoints: "checkpoints" } as const;

/**
 * Makes the folder for a training, or takes one again.
 * @throws ERR_INVALID_ARGUMENT for a folder that holds something else, or an earlier training that is not to be resumed; ERR_IO
 */
export async function prepareOutput(folder: string, facts: JsonObject, isResumed: boolean): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === "ENOENT") return [];
    const message =
      error.code === "ENOTDIR" ? `${folder} is a file: name a folder` : `cannot read ${folder}: ${error.code}`;
    throw new PalaverError(error.code === "ENOTDIR" ? "ERR_INVALID_ARGUMENT" : "ERR_IO", message, { cause: error });
  });
  // A process may have ended between writing the note and giving it its name.
  const others = names.filter((name) => name !== UNFINISHED);
  const isTraining = names.includes(TRAINING) && (await isFacts(join(folder, TRAINING)));
  if (others.length > 0 && !isTraining) throw refused(`${folder} holds something else: choose an empty or new folder`);
  if (isTraining && !isResumed) {
    throw refused(`${folder} holds an earlier training: --resume goes on with it, or choose another folder`);
  }
  if (isTraining) return;
  await mkdir(folder, { recursive: true }).catch((cause) => {
    throw new PalaverError("ERR_IO", `cannot make ${folder}: ${cause.message}`, { cause });
  });
  await writeFacts(folder, facts);
}

/** Notes how the folder's model was trained. Whole or not at all: without the note the folder would be somebody else's. @throws ERR_IO */
export async function writeFacts(folder: string, facts: JsonObject): Promise<void> {
  const temporary = join(folder, UNFINISHED);
  try {
    await writeFile(temporary, `${JSON.stringify({ format: FORMAT, ...facts }, undefined, 2)}\n`);
    await rename(temporary, join(folder, TRAINING));
  } catch (cause) {
    throw new PalaverError("ERR_IO", `cannot write into ${folder}: ${(cause as Error).message}`, { cause });
  }
}

// --- internal ---

const FORMAT = "palaver-training";

async function isFacts(path: string): Promise<boolean> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    return isJsonObject(value) && value.format === FORMAT;
  } catch {
    return false;
  }
}

function refused(message: string): PalaverError {
  return new PalaverError("ERR_INVALID_ARGUMENT", message);
}
