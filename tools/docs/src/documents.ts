import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");

/** Every Markdown file that people read: the top level, `docs/`, `examples/`, and each package's own. */
export function documents(): string[] {
  const packages = ["packages", "apps"].flatMap((kind) =>
    readdirSync(join(root, kind)).map((name) => join(root, kind, name, "README.md")),
  );
  const own = [...packages, join(root, "examples", "README.md")].filter((file) => existsSync(file));
  return [...markdown(root), ...own, ...markdown(join(root, "docs"))];
}

// --- internal ---

function markdown(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return folder === root ? [] : markdown(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}
