import { join } from "node:path";
import { jsonFields } from "./json-fields.ts";
import { knownFields } from "./known-fields.ts";
import type { ModelFolder } from "./model-folder.ts";

/** What a model's makers advise for sampling; absent where they say nothing. */
export interface GenerationDefaults {
  readonly doSample?: boolean;
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly repetitionPenalty?: number;
}

/** What `generation_config.json` (or the `search` of a `genai_config.json`) says. */
export interface GenerationConfig {
  readonly defaults: GenerationDefaults;
  readonly bosId: number | undefined;
  readonly eosIds: readonly number[];
}

/** Reads `generation_config.json`. Without the file nothing is advised. @throws ERR_FORMAT, ERR_IO */
export async function readGenerationConfig(folder: ModelFolder): Promise<GenerationConfig> {
  const json = await folder.json("generation_config.json");
  return json === undefined
    ? { defaults: {}, bosId: undefined, eosIds: [] }
    : parseGenerationConfig(json, join(folder.path, "generation_config.json"));
}

/** The advice in a JSON object of that form. @throws ERR_FORMAT */
export function parseGenerationConfig(json: unknown, path: string): GenerationConfig {
  const fields = jsonFields(json, path);
  return {
    defaults: knownFields<GenerationDefaults>({
      doSample: fields.boolean("do_sample"),
      temperature: fields.number("temperature"),
      topK: fields.integer("top_k"),
      topP: fields.number("top_p"),
      minP: fields.number("min_p"),
      repetitionPenalty: fields.number("repetition_penalty"),
    }),
    ...tokenIds(json, path),
  };
}

/** `bos_token_id` and `eos_token_id`, which is a number or a list. @throws ERR_FORMAT */
export function tokenIds(json: unknown, path: string): { bosId: number | undefined; eosIds: number[] } {
  const fields = jsonFields(json, path);
  const eos = fields.raw("eos_token_id") ?? [];
  const eosIds: unknown[] = Array.isArray(eos) ? eos : [eos];
  if (!eosIds.every((id) => Number.isSafeInteger(id))) throw fields.wrong("eos_token_id", "an id or a list of ids");
  const bos = fields.raw("bos_token_id");
  // Some configs write -1 for none, and a list where they mean its first.
  const bosId = Array.isArray(bos) ? bos[0] : bos;
  return { bosId: isId(bosId) ? bosId : undefined, eosIds: eosIds.filter(isId) };
}

// --- internal ---

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
