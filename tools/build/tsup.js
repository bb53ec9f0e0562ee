import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "tsup";

/**
 * One build for every package: ESM for Node 20 and browsers, dependencies left outside.
 * Declarations come from `tsc -b`, which checks the types anyway; they lie in the same folder.
 */
export function palaverBuild(entry = ["src/index.ts"]) {
  removeScripts("dist");
  return defineConfig({
    entry,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    // The `@palaver/source` condition belongs to tests and editors; a build links to packages by name.
    esbuildOptions: (options) => {
      options.conditions = ["import", "default"];
    },
    splitting: true,
    sourcemap: true,
    // tsup's own cleaning would take the declarations along.
    clean: false,
    dts: false,
    silent: true,
  });
}

/** Removes what an earlier build wrote: shared chunks are named by their content and would pile up. */
function removeScripts(folder) {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder, { recursive: true })) {
    if (/\.js(\.map)?$/.test(name)) rmSync(join(folder, name));
  }
}
