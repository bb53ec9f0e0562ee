import { PalaverError, type Tokenizer } from "@palaver/core";
import { openModelText } from "@palaver/hub";
import { modelPath } from "./shipped-model.ts";

/** The tokenizer of a model, or of a folder that holds only tokenizer files. @throws ERR_NOT_FOUND and as `openModelText` */
export async function openTokenizer(path: string): Promise<Tokenizer> {
  const { tokenizer } = await openModelText(await modelPath(path));
  if (tokenizer !== undefined) return tokenizer;
  throw new PalaverError(
    "ERR_NOT_FOUND",
    `${path} holds no tokenizer: looked for tokenizer.json, vocab.json, tokenizer.model`,
  );
}
