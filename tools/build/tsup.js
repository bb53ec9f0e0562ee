import { defineConfig } from "tsup";

/**
 * One build for every package: ESM for Node 20 and browsers, one file an entry, dependencies left outside.
 * Declarations come from `tsc -b`, which checks the types anyway.
 */
export function palaverBuild(entry = ["src/index.ts"]) {
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
    clean: ["dist/**/*.js", "dist/**/*.js.map"],
    dts: false,
    silent: true,
  });
}
