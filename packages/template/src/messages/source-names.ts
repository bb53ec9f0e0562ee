/** What a template's source says about the messages that it expects. */
import type { ParsedTemplate } from "../jinja/parse-template.ts";
import type { CallArguments, Expression } from "../jinja/syntax.ts";
import { walkExpressions } from "../jinja/walk.ts";

/** Names in a template's source that decide how messages are given to it. */
export interface SourceNames {
  /** Roles that the template compares with, and core's. A message's role that is one of them is the template's own word. */
  readonly roles: ReadonlySet<string>;
  /** The key under which it reads an assistant's reasoning; undefined where it reads none. */
  readonly reasoningKey: string | undefined;
  /** True where it marks what the model generates. */
  readonly hasGenerationMarkers: boolean;
}

/** Keys under which templates read reasoning, the most common first. */
export const reasoningKeys: readonly string[] = ["reasoning_content", "thinking", "reasoning"];

/** Reads the names out of a parsed template. */
export function sourceNames(template: ParsedTemplate): SourceNames {
  const roles = new Set(["system", "user", "assistant", "tool"]);
  const members = new Set<string>();
  walkExpressions(template.body, (expression) => {
    for (const role of comparedRoles(expression)) if (roleName.test(role)) roles.add(role);
    if (expression.kind === "attribute") members.add(expression.name);
    if (expression.kind === "item") for (const name of texts(expression.index)) members.add(name);
    // `message.get('thinking')` reads the key, too.
    if (expression.kind === "call") for (const name of texts(expression.args.positional[0])) members.add(name);
  });
  return {
    roles,
    reasoningKey: reasoningKeys.find((key) => members.has(key)),
    hasGenerationMarkers: template.hasGenerationMarkers,
  };
}

// --- internal ---

/** A role is a word: nothing that could itself hold a part of a control token's brackets. */
const roleName = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/;

/** The strings that an expression compares a role with: `role == 'x'`, `role in ['x']`, `selectattr('role', 'eq', 'x')`. */
function comparedRoles(expression: Expression): string[] {
  if (expression.kind === "filter") return rolesOfFilter(expression.filter.name, expression.filter.args);
  if (expression.kind !== "compare") return [];
  const operands = [expression.left, ...expression.rest.map(([, operand]) => operand)];
  return operands.some(isRole) ? operands.flatMap(texts) : [];
}

function rolesOfFilter(name: string, { positional }: CallArguments): string[] {
  if (name !== "selectattr" && name !== "rejectattr") return [];
  return texts(positional[0])[0] === "role" ? texts(positional[2]) : [];
}

/** True for what is named a role: `message.role`, `message['role']`, `current_role`. */
function isRole(expression: Expression): boolean {
  switch (expression.kind) {
    case "name":
    case "attribute":
      return expression.name.includes("role");
    case "item":
      return texts(expression.index).some((name) => name.includes("role"));
    case "filter":
      return isRole(expression.input);
    default:
      return false;
  }
}

/** The strings of a constant, or of a list of constants. */
function texts(expression: Expression | undefined): string[] {
  if (!expression) return [];
  if (expression.kind === "list" || expression.kind === "tuple") return expression.items.flatMap(texts);
  return expression.kind === "constant" && expression.value.kind === "text" ? [expression.value.text] : [];
}
