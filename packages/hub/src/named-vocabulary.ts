import { readdir } from "node:fs/promises";
import { fileError } from "./file-error.ts";

/** The names that tokenizer loaders look for. */
export const USUAL_NAMES = ["tokenizer.json", "vocab.json", "tokenizer.model", "tiktoken.model"];

/** Vocabularies under their publishers' own names: `mistral_instruct.model.v3`, `qwen.tiktoken`. */
const OWN_NAME = /\.(?:model(?:\.v\d+)?|tiktoken)$/;

/**
 * The name of a folder's vocabulary file where it has none of the usual names; undefined where there is none, or where
 * there are several to choose from. @throws ERR_IO
 */
export async function namedVocabulary(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch((error) => {
    throw fileError(error, folder);
  });
  if (USUAL_NAMES.some((name) => names.includes(name))) return undefined;
  const candidates = names.filter((name) => OWN_NAME.test(name));
  return candidates.length === 1 ? candidates[0] : undefined;
}
