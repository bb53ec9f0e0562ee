import { PalaverError } from "@palaver/core";

export interface CompiledPattern {
  findAll(text: string, start: number, end: number, matches: number[]): void;
}

export function compilePattern(pattern: string): CompiledPattern {
  throw new PalaverError("ERR_UNSUPPORTED", `the pattern ${JSON.stringify(pattern)} is not supported`);
}
