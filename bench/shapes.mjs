// Sizes of well-known models: the command line's own list, so that all measure the same sizes.
import { readFileSync } from "node:fs";
import ts from "typescript";

const source = readFileSync(new URL("../apps/cli/src/bench/shapes.ts", import.meta.url), "utf8");
const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ESNext };
const { outputText } = ts.transpileModule(source, { compilerOptions: options });

/** By name, as a `config.json` has them. */
export const { shapes } = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);
