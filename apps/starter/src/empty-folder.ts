import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { PalaverError } from "@palaver/core";

/** All that a rebuild and an evaluation write. */
const own = [
  "tokenizer.json",
  "tokenizer.json.partial",
  "metrics.jsonl",
  "loss.svg",
  "evaluation.json",
  "base",
  "chat",
];

/** Removes an earlier rebuild. @throws ERR_INVALID_ARGUMENT for a folder that holds anything else: then nothing is removed */
export async function emptyFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const other = names.find((name) => !own.includes(name));
  if (other !== undefined) {
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      `${folder} holds ${other}, which is none of a rebuild's: choose another folder`,
    );
  }
  for (const name of names) await rm(join(folder, name), { recursive: true });
}
