import type { Expression, Statement } from "./syntax.ts";
import { Text } from "./text.ts";

/** Calls `visit` for every expression of a template, the outer ones first. */
export function walkExpressions(body: readonly Statement[], visit: (expression: Expression) => void): void {
  const pending: unknown[] = [...body].reverse();
  while (pending.length > 0) {
    const node = pending.pop();
    if (typeof node !== "object" || node === null || node instanceof Text) continue;
    if (isExpression(node)) visit(node);
    if (isExpression(node) && node.kind === "constant") continue;
    pending.push(...Object.values(node).reverse());
  }
}

// --- internal ---

const expressionKinds = new Set<string>([
  "and",
  "attribute",
  "binary",
  "call",
  "compare",
  "concat",
  "conditional",
  "constant",
  "dict",
  "filter",
  "item",
  "list",
  "name",
  "negative",
  "not",
  "or",
  "positive",
  "slice",
  "test",
  "tuple",
] satisfies Expression["kind"][]);

function isExpression(node: object): node is Expression {
  return "kind" in node && typeof node.kind === "string" && expressionKinds.has(node.kind);
}
