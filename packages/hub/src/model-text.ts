import { join } from "node:path";
import { byteSource, isJsonObject, type Tokenizer } from "@palaver/core";
import { type GgufMetadata, ggufNumber, parseGguf } from "@palaver/formats";
import { type ChatTemplate, loadTemplate } from "@palaver/template";
import { loadTokenizer, type TokenizerFiles, tokenizerFromGguf } from "@palaver/tokenizer";
import {
  type GenerationConfig,
  type GenerationDefaults,
  readGenerationConfig,
  tokenIds,
} from "./generation-defaults.ts";
import type { ModelFolder } from "./model-folder.ts";
import { namedError } from "./named-error.ts";
import { namedVocabulary, USUAL_NAMES } from "./named-vocabulary.ts";
import { folderTemplates, ggufFolderTemplates, ggufTemplates, type TemplateSources } from "./template-source.ts";
import { TOKENIZER_GGUF } from "./text-files.ts";

/** How a model reads and writes text. */
export interface ModelText {
  /** Undefined where the model's files have no vocabulary. */
  readonly tokenizer: Tokenizer | undefined;
  /** Undefined for a base model. */
  readonly template: ChatTemplate | undefined;
  /** Ids that end an answer: those of the model's files, and of the tokens with which the template ends a turn. */
  readonly stopIds: readonly number[];
  readonly bosId: number | undefined;
  /** What the makers advise for sampling. */
  readonly generation: GenerationDefaults;
  /** Control tokens that templates read by name: `bos_token` and the like. */
  readonly specialTokens: Readonly<Record<string, string>>;
}

/** The clock that templates read. */
export type Clock = () => Date;

/**
 * Reads a folder's tokenizer, template and advice. `known` is what other files say about stop ids.
 * @throws ERR_FORMAT with the file's path, ERR_UNSUPPORTED, ERR_LIMIT, ERR_IO
 */
export async function folderText(
  folder: ModelFolder,
  known?: GenerationConfig,
  now: Clock = systemClock,
): Promise<ModelText> {
  const gguf = await folder.read(TOKENIZER_GGUF);
  const generation = await advice(folder, known);
  try {
    if (gguf !== undefined) {
      const { metadata } = await parseGguf(byteSource(gguf));
      return textOfGguf(metadata, { sources: await ggufFolderTemplates(folder, metadata), generation, now });
    }
    const tokenizer = await folderTokenizer(folder);
    const tokens = await specialTokens(folder);
    return assemble({ tokenizer, sources: await folderTemplates(folder), tokens, generation, now });
  } catch (error) {
    throw namedError(error, folder.path);
  }
}

/** Reads the tokenizer and template that a GGUF's metadata carry. @throws ERR_FORMAT with the file's path, ERR_UNSUPPORTED, ERR_LIMIT */
export function ggufText(metadata: GgufMetadata, path: string, now: Clock = systemClock): ModelText {
  try {
    return textOfGguf(metadata, { sources: ggufTemplates(metadata), generation: NO_ADVICE, now });
  } catch (error) {
    throw namedError(error, path);
  }
}

/**
 * The ids by which a GGUF's texts begin and answers end: those that its metadata name, and those that its tokenizer has
 * where they name none.
 * @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_LIMIT
 */
export function ggufTextIds(
  metadata: GgufMetadata,
  tokenizer: Tokenizer | undefined = ggufTokenizer(metadata),
): Pick<GenerationConfig, "bosId" | "eosIds"> {
  const ends = ["eos", "eot", "eom"].map((name) => ggufId(metadata, name));
  const eosIds = [...ends, tokenizer?.special.eos].filter((id) => id !== undefined);
  return { bosId: ggufId(metadata, "bos") ?? tokenizer?.special.bos, eosIds: [...new Set(eosIds)] };
}

// --- internal ---

const systemClock: Clock = () => new Date();

const NO_ADVICE: GenerationConfig = { defaults: {}, bosId: undefined, eosIds: [] };

const TOKENIZER_FILES = [
  "tokenizer.json",
  "vocab.json",
  "merges.txt",
  "tokenizer.model",
  "tiktoken.model",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
] as const satisfies readonly (keyof TokenizerFiles)[];

/** Control tokens that templates read by name (`bos_token` and the like). */
type SpecialTokens = Record<string, string>;

interface TextParts {
  readonly tokenizer: Tokenizer | undefined;
  readonly sources: TemplateSources;
  readonly tokens: SpecialTokens;
  readonly generation: GenerationConfig;
  readonly now: Clock;
}

function assemble({ tokenizer, sources, tokens, generation, now }: TextParts): ModelText {
  const source = [...sources].map(([name, template]) => ({ name, template }));
  const template = source.length === 0 ? undefined : loadTemplate({ source, specialTokens: tokens, now });
  const ends = (template?.endOfTurnTokens ?? []).map((token) => tokenizer?.tokenToId(token));
  const stopIds = [...generation.eosIds, tokenizer?.special.eos, ...ends].filter((id) => id !== undefined);
  return {
    tokenizer,
    template,
    stopIds: [...new Set(stopIds)],
    bosId: generation.bosId ?? tokenizer?.special.bos,
    generation: generation.defaults,
    specialTokens: tokens,
  };
}

async function folderTokenizer(folder: ModelFolder): Promise<Tokenizer | undefined> {
  const files: Record<string, Uint8Array> = {};
  for (const name of TOKENIZER_FILES) {
    const bytes = await folder.read(name);
    if (bytes !== undefined) files[name] = bytes;
  }
  if (USUAL_NAMES.some((name) => name in files)) return loadTokenizer(files);
  const ownName = await namedVocabulary(folder.path);
  const bytes = ownName === undefined ? undefined : await folder.read(ownName);
  return bytes === undefined ? undefined : loadTokenizer({ ...files, "tokenizer.model": bytes });
}

// A token is a string, or an object with its content; the later file wins, as in transformers.
async function specialTokens(folder: ModelFolder): Promise<SpecialTokens> {
  const tokens: SpecialTokens = {};
  for (const name of ["special_tokens_map.json", "tokenizer_config.json"]) {
    const json = await folder.json(name);
    if (!isJsonObject(json)) continue;
    for (const [key, value] of Object.entries(json)) {
      const content = isJsonObject(value) ? value.content : value;
      if (key.endsWith("_token") && typeof content === "string") tokens[key] = content;
    }
  }
  return tokens;
}

async function advice(folder: ModelFolder, known: GenerationConfig = NO_ADVICE): Promise<GenerationConfig> {
  const own = await readGenerationConfig(folder);
  const config = await folder.json("config.json");
  const ids = config === undefined ? NO_ADVICE : tokenIds(config, join(folder.path, "config.json"));
  return {
    defaults: { ...known.defaults, ...own.defaults },
    bosId: own.bosId ?? known.bosId ?? ids.bosId,
    eosIds: [...own.eosIds, ...known.eosIds, ...ids.eosIds],
  };
}

function ggufTokenizer(metadata: GgufMetadata): Tokenizer | undefined {
  return metadata.has("tokenizer.ggml.model") ? tokenizerFromGguf(metadata) : undefined;
}

function textOfGguf(
  metadata: GgufMetadata,
  { sources, generation, now }: Pick<TextParts, "sources" | "generation" | "now">,
): ModelText {
  const tokenizer = ggufTokenizer(metadata);
  const tokens: SpecialTokens = {};
  for (const role of ["bos", "eos", "unk", "pad"] as const) {
    const id = tokenizer?.special[role];
    const token = id === undefined ? undefined : tokenizer?.idToToken(id);
    if (token !== undefined) tokens[`${role}_token`] = token;
  }
  const ids = ggufTextIds(metadata, tokenizer);
  const eosIds = [...generation.eosIds, ...ids.eosIds];
  const all = { ...generation, eosIds, bosId: generation.bosId ?? ids.bosId };
  return assemble({ tokenizer, sources, tokens, generation: all, now });
}

function ggufId(metadata: GgufMetadata, role: string): number | undefined {
  return ggufNumber(metadata, `tokenizer.ggml.${role}_token_id`);
}
