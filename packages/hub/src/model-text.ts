import { join } from "node:path";
import { byteSource, isJsonObject, type Template, type Tokenizer } from "@palaver/core";
import { type GgufMetadata, parseGguf } from "@palaver/formats";
import { loadTemplate } from "@palaver/template";
import { loadTokenizer, type TokenizerFiles, tokenizerFromGguf } from "@palaver/tokenizer";
import { type GenerationConfig, type GenerationDefaults, readGenerationConfig, tokenIds } from "./generation-defaults.ts";
import { named } from "./import-source.ts";
import type { ModelFolder } from "./model-folder.ts";
import { folderTemplates, ggufTemplates, type TemplateSources } from "./template-source.ts";
import { TOKENIZER_GGUF } from "./text-files.ts";

/** How a model reads and writes text. */
export interface ModelText {
  /** Undefined where the model's files have no vocabulary. */
  readonly tokenizer: Tokenizer | undefined;
  /** Undefined for a base model. */
  readonly template: Template | undefined;
  /** Ids that end an answer: those of the model's files, and of the tokens with which the template ends a turn. */
  readonly stopIds: readonly number[];
  readonly bosId: number | undefined;
  /** What the makers advise for sampling. */
  readonly generation: GenerationDefaults;
}

/**
 * Reads a folder's tokenizer, template and advice. `known` is what other files say about stop ids.
 * @throws ERR_FORMAT with the file's path, ERR_UNSUPPORTED, ERR_LIMIT, ERR_IO
 */
export async function folderText(folder: ModelFolder, known?: GenerationConfig): Promise<ModelText> {
  const gguf = await folder.read(TOKENIZER_GGUF);
  const generation = await advice(folder, known);
  try {
    if (gguf !== undefined) return textOfGguf((await parseGguf(byteSource(gguf))).metadata, generation);
    const tokenizer = await folderTokenizer(folder);
    const tokens = await specialTokens(folder);
    return assemble({ tokenizer, sources: await folderTemplates(folder), tokens, generation });
  } catch (error) {
    throw named(error, folder.path);
  }
}

/** Reads the tokenizer and template that a GGUF's metadata carry. @throws ERR_FORMAT with the file's path, ERR_UNSUPPORTED, ERR_LIMIT */
export function ggufText(metadata: GgufMetadata, path: string): ModelText {
  try {
    return textOfGguf(metadata, NO_ADVICE);
  } catch (error) {
    throw named(error, path);
  }
}

/** Ids by which a GGUF's metadata say that an answer ends. @throws ERR_FORMAT */
export function ggufEndIds(metadata: GgufMetadata): number[] {
  const ids = ["eos", "eot", "eom"].map((name) => ggufId(metadata, name));
  return [...new Set(ids.filter((id) => id !== undefined))];
}

// --- internal ---
