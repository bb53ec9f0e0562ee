import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A published template. */
export interface RealTemplate {
  readonly name: string;
  readonly source: string;
}

const folders = ["llama.cpp", "trl", "chujiezheng/chat_templates", "mistral-common/chat_templates"];

/** Every template of the shared data below this folder. */
export function realTemplates(root: string): RealTemplate[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith(".jinja"))
      .map((file) => ({ name: `${folder}/${file}`, source: sourceOf(root, folder, file) })),
  );
}

// --- internal ---

/** The collection in this folder is meant to be read without its indentation and line ends, as its author says. */
function sourceOf(root: string, folder: string, file: string): string {
  const source = readFileSync(join(root, folder, file), "utf8");
  return folder.startsWith("chujiezheng") ? source.replaceAll("    ", "").replaceAll("\n", "") : source;
}
