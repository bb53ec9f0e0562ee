import { readFileSync } from "node:fs";

/** One runnable example of a document. */
export interface CodeBlock {
  readonly file: string;
  /** Line of its first line of code, from 1. */
  readonly line: number;
  readonly code: string;
}

/** The TypeScript blocks of a Markdown file, or of the JSDoc comments of a TypeScript file. */
export function codeBlocks(file: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { line: number; lines: string[] } | undefined;
  const isSource = file.endsWith(".ts");
  for (const [index, raw] of readFileSync(file, "utf8").split("\n").entries()) {
    const comment = /^\s*\* ?(.*)$/.exec(raw);
    if (isSource && comment === null) {
      open = undefined;
      continue;
    }
    const text = isSource ? comment![1]! : raw;
    if (open === undefined) {
      if (/^```(ts|typescript)\s*$/.test(text)) open = { line: index + 2, lines: [] };
    } else if (text.startsWith("```")) {
      blocks.push({ file, line: open.line, code: open.lines.join("\n") });
      open = undefined;
    } else open.lines.push(text);
  }
  return blocks;
}

/** Turns `expression; // => value` into a check that throws where the two differ. */
export function withChecks(code: string): string {
  const lines = code.split("\n").map((line) => {
    const match = /^(\s*)(?:(const|let) (\w+) = )?(.*?);?\s*\/\/ => (.+)$/.exec(line);
    if (match === null) return line;
    const [, indent, keyword, name, expression, expected] = match;
    const where = JSON.stringify(line.trim());
    if (keyword === undefined) return `${indent}__check(${expression}, ${expected}, ${where});`;
    return `${indent}${keyword} ${name} = ${expression}; __check(${name}, ${expected}, ${where});`;
  });
  return `import { isDeepStrictEqual as __equal, inspect as __inspect } from "node:util";
function __check(actual: unknown, expected: unknown, line: string) {
  if (!__equal(actual, expected)) throw new globalThis.Error(line + " but it is " + __inspect(actual));
}
${lines.join("\n")}
export {};
`;
}
