import { createContext, Script } from "node:vm";
import ts from "typescript";

/** A model's code may never end. */
const timeoutMs = 1000;

/** TypeScript as the JavaScript that runs; undefined where it does not compile. */
export function compiledCode(source: string): string | undefined {
  const { outputText, diagnostics = [] } = ts.transpileModule(source, {
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.None },
  });
  return diagnostics.length === 0 ? outputText : undefined;
}

/**
 * Runs compiled code and then an expression. Its global object has no prototype of this program's: through one, code reaches the
 * program's `Function`, and so all of it. @throws what the code throws
 */
export function runCode(code: string, expression: string): unknown {
  const script = new Script(`${code}\n;(${expression});`);
  return script.runInContext(createContext(Object.create(null)), { timeout: timeoutMs });
}
