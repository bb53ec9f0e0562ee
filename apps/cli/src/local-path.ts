import { stat } from "node:fs/promises";
import { PalaverError } from "@palaver/core";

/** `hf:org/repo` with or without a file: a repository of Hugging Face. */
const hubName = /^hf:/i;

/**
 * `llama3.2:1b`, `somebody/llama3.2:1b`: a name of a model store. Not `C:\models` or `./a:b`, which are paths, nor a file
 * whose ending tells that it is meant as one.
 */
const storeName = /^\w[\w.-]+(?:\/[\w.-]+)*:(?!.*\.gguf$)[\w.-]+$/i;

/**
 * The path that a MODEL is which does not ship. @throws ERR_UNSUPPORTED for a name that would have to be downloaded, unless
 * a file or folder is called so
 */
export async function localPath(name: string): Promise<string> {
  const reason = reasonAgainst(name);
  if (reason === undefined || (await isThere(name))) return name;
  const advice = "give a folder, a .gguf file, starter or starter:base";
  throw new PalaverError("ERR_UNSUPPORTED", `${name}: ${reason}: ${advice}`, { details: { name } });
}

// --- internal ---

function reasonAgainst(name: string): string | undefined {
  if (hubName.test(name)) return "models cannot be downloaded from Hugging Face yet";
  if (storeName.test(name)) return "there is no such file or folder, and no store of models by name yet";
  return undefined;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
