/** Statements: a template's source to its tree. */
import { PalaverError } from "@palaver/core";
import { defaultLimits, type RenderLimits } from "./budget.ts";
import { library } from "./library.ts";
import { parseExpression, parseFilters, parseFilterUse, parseTuple } from "./parse-expression.ts";
import { sourcePosition } from "./source-position.ts";
import type { Expression, FilterUse, MacroBody, Parameter, Statement, Target } from "./syntax.ts";
import { Text } from "./text.ts";
import { TokenStream } from "./token-stream.ts";
import { normalizeSource, tokenize } from "./tokenize.ts";
import { walkExpressions } from "./walk.ts";

/** A template that has been read. */
export interface ParsedTemplate {
  /** The source in which errors count lines: with `\n` as its only line end. */
  readonly source: string;
  readonly body: readonly Statement[];
  /** True where the source has `{% generation %}`. */
  readonly hasGenerationMarkers: boolean;
}

/** Reads a template. @throws ERR_FORMAT with line and column, ERR_UNSUPPORTED for tags that need other files, ERR_LIMIT */
export function parseTemplate(text: string, limits: RenderLimits = {}): ParsedTemplate {
  const { maxSourceCharacters, maxNesting } = { ...defaultLimits, ...limits };
  if (text.length > maxSourceCharacters) {
    const message = `the template has ${text.length} characters, the limit is ${maxSourceCharacters}: raise maxSourceCharacters`;
    throw new PalaverError("ERR_LIMIT", message, {
      details: { limit: "maxSourceCharacters", value: maxSourceCharacters },
    });
  }
  const source = normalizeSource(text);
  const stream = new TokenStream(source, tokenize(source), maxNesting);
  const body = parseBody(stream, []);
  for (const { kind, name, at } of stream.uses) {
    const known = kind === "filter" ? library.filters : library.tests;
    if (known.has(name)) continue;
    const { line, column } = sourcePosition(source, at);
    const message = `the template uses the unknown ${kind} "${name}" (line ${line}, column ${column})`;
    throw new PalaverError("ERR_UNSUPPORTED", message, { details: { line, column } });
  }
  return { source, body, hasGenerationMarkers: stream.hasGenerationMarkers };
}

// --- internal ---

type Parse = (stream: TokenStream, at: number) => Statement | readonly Statement[];

/** Statements up to a block tag named in `ends`; that tag's name becomes the current token. No names: up to the end. */
function parseBody(stream: TokenStream, ends: readonly string[]): Statement[] {
  const body: Statement[] = [];
  while (stream.current.type !== "end") {
    const { type, value, at } = stream.next();
    if (type === "data") body.push({ kind: "data", at, text: Text.of(value) });
    else if (type === "output-start") {
      body.push({ kind: "output", at: stream.current.at, expression: parseTuple(stream) });
      stream.expect("output-end", '"}}"');
    } else {
      if (stream.isName(...ends)) return body;
      const statement = stream.nested(() => parseStatement(stream));
      body.push(...[statement].flat());
      stream.expect("block-end", '"%}"');
    }
  }
  if (ends.length > 0) throw stream.error(`a block has no end: {% ${ends.at(-1)} %} is missing`);
  return body;
}

/** The body of a block and its end tag, which is left to be closed. */
function parseBlock(stream: TokenStream, end: string): Statement[] {
  openBody(stream);
  const body = parseBody(stream, [end]);
  stream.next();
  return body;
}

function openBody(stream: TokenStream): void {
  stream.skipOperator(":");
  stream.expect("block-end", '"%}"');
}

function parseStatement(stream: TokenStream): Statement | readonly Statement[] {
  const { value, at } = stream.expect("name", "the name of a tag");
  const parse = Object.hasOwn(tags, value) ? tags[value] : undefined;
  if (parse) return parse(stream, at);
  if (foreignTags.has(value)) {
    throw new PalaverError(
      "ERR_UNSUPPORTED",
      `{% ${value} %} is not supported: a chat template is one file of plain text`,
    );
  }
  throw stream.error(`unknown tag "${value}"`, at);
}

const foreignTags = new Set(["include", "import", "from", "extends", "autoescape"]);

const tags: Readonly<Record<string, Parse>> = {
  for: parseFor,
  if: parseIf,
  set: parseSet,
  macro: parseMacro,
  call: parseCallBlock,
  filter: (stream, at) => {
    const filters = [parseFilterUse(stream), ...parseFilters(stream)];
    return { kind: "filter-block", at, filters, body: parseBlock(stream, "endfilter") };
  },
  with: parseWith,
  print: (stream, at) => {
    const expressions = [parseExpression(stream)];
    while (stream.skipOperator(",")) expressions.push(parseExpression(stream));
    return expressions.map((expression) => ({ kind: "output", at, expression }));
  },
  block: (stream) => {
    stream.expect("name", "the name of a block");
    stream.skipName("scoped");
    const body = parseBlock(stream, "endblock");
    if (stream.current.type === "name") stream.next();
    return body;
  },
  generation: (stream, at) => {
    stream.hasGenerationMarkers = true;
    return { kind: "generation", at, body: parseBlock(stream, "endgeneration") };
  },
  break: (_, at) => ({ kind: "break", at }),
  continue: (_, at) => ({ kind: "continue", at }),
};

function parseFor(stream: TokenStream, at: number): Statement {
  const target = parseTarget(stream, false);
  if (!stream.skipName("in")) throw stream.unexpected('"in"');
  const iterable = parseTuple(stream, { conditional: false, end: () => stream.isName("recursive") });
  const condition = stream.skipName("if") ? parseExpression(stream) : undefined;
  const isRecursive = stream.skipName("recursive");
  openBody(stream);
  const body = parseBody(stream, ["else", "endfor"]);
  const otherwise = stream.next().value === "else" ? parseBlock(stream, "endfor") : [];
  return { kind: "for", at, target, iterable, ...(condition && { condition }), isRecursive, body, otherwise };
}

function parseIf(stream: TokenStream, at: number): Statement {
  const branches: { test: Expression; body: Statement[] }[] = [];
  while (true) {
    const test = parseTuple(stream, { conditional: false });
    openBody(stream);
    branches.push({ test, body: parseBody(stream, ["elif", "else", "endif"]) });
    const tag = stream.next().value;
    if (tag === "elif") continue;
    return { kind: "if", at, branches, otherwise: tag === "else" ? parseBlock(stream, "endif") : [] };
  }
}

function parseSet(stream: TokenStream, at: number): Statement {
  const target = parseTarget(stream, true);
  if (stream.skipOperator("=")) return { kind: "set", at, target, value: parseTuple(stream) };
  const filters: FilterUse[] = parseFilters(stream);
  return { kind: "set-block", at, target, filters, body: parseBlock(stream, "endset") };
}

function parseMacro(stream: TokenStream, at: number): Statement {
  const name = stream.expect("name", "the name of a macro").value;
  const parameters = parseParameters(stream);
  return { kind: "macro", at, name, parameters, ...macroBody(parseBlock(stream, "endmacro")) };
}

function parseCallBlock(stream: TokenStream, at: number): Statement {
  const parameters = stream.isOperator("(") ? parseParameters(stream) : [];
  const call = parseExpression(stream);
  if (call.kind !== "call") throw stream.error("a call block needs a call", at);
  return { kind: "call-block", at, parameters, call, ...macroBody(parseBlock(stream, "endcall")) };
}

/** A macro takes more arguments than it names only if it reads them. */
function macroBody(body: readonly Statement[]): MacroBody {
  const names = new Set<string>();
  walkExpressions(body, (expression) => {
    if (expression.kind === "name") names.add(expression.name);
  });
  return { body, takesMore: names.has("varargs"), takesMoreNamed: names.has("kwargs") };
}

function parseWith(stream: TokenStream, at: number): Statement {
  const bindings: [Target, Expression][] = [];
  while (stream.current.type !== "block-end") {
    if (bindings.length > 0) stream.expectOperator(",");
    const target = parseTarget(stream, false);
    stream.expectOperator("=");
    bindings.push([target, parseExpression(stream)]);
  }
  return { kind: "with", at, bindings, body: parseBlock(stream, "endwith") };
}

function parseParameters(stream: TokenStream): Parameter[] {
  stream.expectOperator("(");
  const parameters: Parameter[] = [];
  while (!stream.isOperator(")")) {
    if (parameters.length > 0) stream.expectOperator(",");
    const { value: name } = stream.expect("name", "the name of a parameter");
    if (stream.skipOperator("=")) parameters.push({ name, fallback: parseExpression(stream) });
    else if (parameters.at(-1)?.fallback) throw stream.error(`the parameter "${name}" needs a default too`);
    else parameters.push({ name });
  }
  stream.expectOperator(")");
  return parameters;
}

function parseTarget(stream: TokenStream, withMembers: boolean): Target {
  const at = stream.current.at;
  const targets = [parseSingleTarget(stream, withMembers)];
  let isTuple = false;
  while (stream.skipOperator(",")) {
    isTuple = true;
    if (stream.isName("in") || stream.isOperator("=") || stream.isOperator(")")) break;
    targets.push(parseSingleTarget(stream, withMembers));
  }
  return isTuple ? { kind: "tuple", at, targets } : targets[0]!;
}

function parseSingleTarget(stream: TokenStream, withMembers: boolean): Target {
  const at = stream.current.at;
  if (stream.skipOperator("(")) {
    const inside = stream.nested(() => parseTarget(stream, withMembers));
    stream.expectOperator(")");
    return inside;
  }
  const name = stream.expect("name", "a name to assign to").value;
  if (constants.has(name)) throw stream.error(`cannot assign to "${name}"`, at);
  if (!withMembers || !stream.skipOperator(".")) return { kind: "name", at, name };
  return { kind: "member", at, object: name, name: stream.expect("name", "a name").value };
}

const constants = new Set(["true", "True", "false", "False", "none", "None"]);
