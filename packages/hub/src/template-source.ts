import { join } from "node:path";
import type { JsonValue } from "@palaver/core";
import { type GgufMetadata, ggufString, ggufStrings } from "@palaver/formats";
import { jsonFields } from "./json-fields.ts";
import type { ModelFolder } from "./model-folder.ts";

/** Chat templates by name; `default` is the one for a plain chat. */
export type TemplateSources = ReadonlyMap<string, string>;

/**
 * The chat templates of a folder: those of `tokenizer_config.json`, of which the default is replaced by a
 * `chat_template.json` and that by a `chat_template.jinja`, as transformers does.
 * @throws ERR_FORMAT, ERR_IO
 */
export async function folderTemplates(folder: ModelFolder): Promise<TemplateSources> {
  const sources = new Map<string, string>();
  for (const name of ["tokenizer_config.json", "chat_template.json"]) {
    const json = await folder.json(name);
    if (json === undefined) continue;
    const fields = jsonFields(json, join(folder.path, name));
    const found = templateSources(fields.raw("chat_template"));
    if (found === undefined) throw fields.wrong("chat_template", "a template or a list of named ones");
    for (const [variant, source] of found) sources.set(variant, source);
  }
  return withTemplateFile(folder, sources);
}

/** The chat templates of an imported GGUF, of which the default is replaced by a `chat_template.jinja`. @throws ERR_FORMAT, ERR_IO */
export async function ggufFolderTemplates(folder: ModelFolder, metadata: GgufMetadata): Promise<TemplateSources> {
  return withTemplateFile(folder, ggufTemplates(metadata));
}

/** The chat templates in a GGUF's metadata: `tokenizer.chat_template` and the named ones. @throws ERR_FORMAT */
export function ggufTemplates(metadata: GgufMetadata): TemplateSources {
  const sources = new Map<string, string>();
  const add = (name: string, key: string): void => {
    const source = ggufString(metadata, key);
    if (source !== undefined) sources.set(name, source);
  };
  add("default", "tokenizer.chat_template");
  for (const name of ggufStrings(metadata, "tokenizer.chat_templates") ?? [])
    add(name, `tokenizer.chat_template.${name}`);
  return sources;
}

// --- internal ---

async function withTemplateFile(folder: ModelFolder, sources: TemplateSources): Promise<TemplateSources> {
  const file = await folder.text("chat_template.jinja");
  return file === undefined ? sources : new Map([...sources, ["default", file]]);
}

function templateSources(value: JsonValue | undefined): TemplateSources | undefined {
  const sources = new Map<string, string>();
  if (value === undefined) return sources;
  if (typeof value === "string") return sources.set("default", value);
  if (!Array.isArray(value)) return undefined;
  for (const item of value) {
    if (typeof item?.name !== "string" || typeof item.template !== "string") return undefined;
    sources.set(item.name, item.template);
  }
  return sources;
}
