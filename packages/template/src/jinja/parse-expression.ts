/** Expressions, with Jinja's precedence: `if`, `or`, `and`, `not`, comparison, `+ -`, `~`, `* / // %`, `**`, sign, filter. */
import { parseArguments } from "./parse-arguments.ts";
import type { BinaryOperator, ComparisonOperator, Expression, FilterUse } from "./syntax.ts";
import { Text } from "./text.ts";
import type { TokenStream } from "./token-stream.ts";
import { booleanValue, floatValue, integerValue, noneValue } from "./value.ts";

/** One expression, `x if y else z` included. @throws ERR_FORMAT, ERR_LIMIT */
export function parseExpression(stream: TokenStream): Expression {
  return stream.nested(() => parseConditional(stream));
}

export interface TupleOptions {
  /** Allows `x if y else z` for an item. Default: true. */
  readonly conditional?: boolean;
  /** True where the tuple ends after a comma, besides the end of its tag or bracket. Default: never. */
  readonly end?: () => boolean;
}

/** An expression, or several with commas between them: a tuple. */
export function parseTuple(
  stream: TokenStream,
  { conditional = true, end = () => false }: TupleOptions = {},
): Expression {
  const at = stream.current.at;
  const parse = conditional ? parseExpression : parseOr;
  const items = [stream.nested(() => parse(stream))];
  let isTuple = false;
  while (stream.skipOperator(",")) {
    isTuple = true;
    if (isTupleEnd(stream) || end()) break;
    items.push(stream.nested(() => parse(stream)));
  }
  return isTuple ? { kind: "tuple", at, items } : items[0]!;
}

/** `| name(...) | name ...`: the filters that follow. */
export function parseFilters(stream: TokenStream): FilterUse[] {
  const filters: FilterUse[] = [];
  while (stream.skipOperator("|")) filters.push(parseFilterUse(stream));
  return filters;
}

/** The name of a filter and its arguments. */
export function parseFilterUse(stream: TokenStream): FilterUse {
  const { value, at } = stream.expect("name", "the name of a filter");
  const name = dottedName(stream, value);
  stream.uses.push({ kind: "filter", name, at });
  return { name, at, args: stream.isOperator("(") ? parseArguments(stream, parseExpression) : noArguments };
}

/** A name, a literal, or something in brackets. */
function parsePrimary(stream: TokenStream): Expression {
  const { type, value, at } = stream.current;
  switch (type) {
    case "name":
      stream.next();
      if (value === "true" || value === "True") return { kind: "constant", at, value: booleanValue(true) };
      if (value === "false" || value === "False") return { kind: "constant", at, value: booleanValue(false) };
      if (value === "none" || value === "None") return { kind: "constant", at, value: noneValue };
      return { kind: "name", at, name: value };
    case "string": {
      let text = "";
      while (stream.current.type === "string") text += stream.next().value;
      return { kind: "constant", at, value: Text.of(text) };
    }
    case "integer":
    case "float": {
      stream.next();
      const number = Number(value.replaceAll("_", ""));
      return { kind: "constant", at, value: type === "float" ? floatValue(number) : integerValue(number) };
    }
    default:
      return parseBracketed(stream);
  }
}

// --- internal ---

const noArguments = { positional: [], named: [] };

function isTupleEnd(stream: TokenStream): boolean {
  const { type } = stream.current;
  return type === "output-end" || type === "block-end" || stream.isOperator(")");
}

function parseConditional(stream: TokenStream): Expression {
  const at = stream.current.at;
  let expression = parseOr(stream);
  for (let length = 1; stream.skipName("if"); length++) {
    stream.checkChain(length);
    const test = parseOr(stream);
    expression = stream.skipName("else")
      ? { kind: "conditional", at, test, whenTrue: expression, otherwise: parseExpression(stream) }
      : { kind: "conditional", at, test, whenTrue: expression };
  }
  return expression;
}

/** Operands with operators of one precedence between them, grouped from the left. */
function parseChain(
  stream: TokenStream,
  parseOperand: (stream: TokenStream) => Expression,
  combine: (left: Expression) => ((right: Expression) => Expression) | undefined,
): Expression {
  let left = parseOperand(stream);
  for (let length = 1; ; length++) {
    const build = combine(left);
    if (!build) return left;
    stream.checkChain(length);
    stream.next();
    left = build(parseOperand(stream));
  }
}

function parseOr(stream: TokenStream): Expression {
  return parseChain(stream, parseAnd, (left) =>
    stream.isName("or") ? (right) => ({ kind: "or", at: left.at, left, right }) : undefined,
  );
}

function parseAnd(stream: TokenStream): Expression {
  return parseChain(stream, parseNot, (left) =>
    stream.isName("and") ? (right) => ({ kind: "and", at: left.at, left, right }) : undefined,
  );
}

function parseNot(stream: TokenStream): Expression {
  const at = stream.current.at;
  if (!stream.skipName("not")) return parseCompare(stream);
  return { kind: "not", at, operand: stream.nested(() => parseNot(stream)) };
}

const comparisons = new Set(["==", "!=", "<", "<=", ">", ">="]);

function parseCompare(stream: TokenStream): Expression {
  const left = parseSum(stream);
  const rest: [ComparisonOperator, Expression][] = [];
  while (true) {
    const { type, value } = stream.current;
    if (type === "operator" && comparisons.has(value)) {
      stream.next();
      // The set above holds nothing but comparison operators.
      rest.push([value as ComparisonOperator, parseSum(stream)]);
    } else if (stream.skipName("in")) rest.push(["in", parseSum(stream)]);
    else if (stream.isName("not") && stream.following.type === "name" && stream.following.value === "in") {
      stream.next();
      stream.next();
      rest.push(["not in", parseSum(stream)]);
    } else return rest.length === 0 ? left : { kind: "compare", at: left.at, left, rest };
  }
}

function binary(stream: TokenStream, left: Expression, ...operators: readonly BinaryOperator[]) {
  const operator = operators.find((candidate) => stream.isOperator(candidate));
  if (!operator) return undefined;
  return (right: Expression): Expression => ({ kind: "binary", at: left.at, operator, left, right });
}

function parseSum(stream: TokenStream): Expression {
  return parseChain(stream, parseConcat, (left) => binary(stream, left, "+", "-"));
}

function parseConcat(stream: TokenStream): Expression {
  const parts = [parseProduct(stream)];
  while (stream.skipOperator("~")) parts.push(parseProduct(stream));
  return parts.length === 1 ? parts[0]! : { kind: "concat", at: parts[0]!.at, parts };
}

function parseProduct(stream: TokenStream): Expression {
  return parseChain(stream, parsePower, (left) => binary(stream, left, "*", "/", "//", "%"));
}

function parsePower(stream: TokenStream): Expression {
  return parseChain(stream, parseUnary, (left) => binary(stream, left, "**"));
}

function parseUnary(stream: TokenStream): Expression {
  return parseFilterChain(stream, parseSigned(stream));
}

function parseSigned(stream: TokenStream): Expression {
  const at = stream.current.at;
  const sign = stream.isOperator("-") ? "negative" : stream.isOperator("+") ? "positive" : undefined;
  if (!sign) return parsePostfix(stream, parsePrimary(stream));
  stream.next();
  const operand = stream.nested(() => parseSigned(stream));
  return parsePostfix(stream, { kind: sign, at, operand });
}

/** `.name`, `[index]` and `(arguments)`, as many as follow. */
function parsePostfix(stream: TokenStream, start: Expression): Expression {
  let expression = start;
  for (let length = 1; ; length++) {
    stream.checkChain(length);
    const at = stream.current.at;
    if (stream.skipOperator(".")) expression = parseMember(stream, expression, at);
    else if (stream.skipOperator("[")) expression = parseSubscript(stream, expression, at);
    else if (stream.isOperator("(")) expression = parseCall(stream, expression);
    else return expression;
  }
}

function parseCall(stream: TokenStream, callee: Expression): Expression {
  const at = stream.current.at;
  return { kind: "call", at, callee, args: parseArguments(stream, parseExpression) };
}

function parseMember(stream: TokenStream, object: Expression, at: number): Expression {
  const { type, value } = stream.current;
  if (type !== "name" && type !== "integer") throw stream.unexpected("a name or a number");
  stream.next();
  if (type === "name") return { kind: "attribute", at, object, name: value };
  return { kind: "item", at, object, index: { kind: "constant", at, value: integerValue(Number(value)) } };
}

function parseSubscript(stream: TokenStream, object: Expression, at: number): Expression {
  const items = [parseIndex(stream)];
  while (stream.skipOperator(",")) {
    if (stream.isOperator("]")) break;
    items.push(parseIndex(stream));
  }
  stream.expectOperator("]");
  return { kind: "item", at, object, index: items.length === 1 ? items[0]! : { kind: "tuple", at, items } };
}

function parseIndex(stream: TokenStream): Expression {
  const at = stream.current.at;
  const start = stream.isOperator(":") ? undefined : parseExpression(stream);
  if (!stream.skipOperator(":")) return start!;
  const bound = (): Expression | undefined =>
    stream.isOperator(":") || stream.isOperator("]") || stream.isOperator(",") ? undefined : parseExpression(stream);
  const stop = bound();
  const step = stream.skipOperator(":") ? bound() : undefined;
  return { kind: "slice", at, ...(start && { start }), ...(stop && { stop }), ...(step && { step }) };
}

/** `| filter`, `is test` and calls, as many as follow. */
function parseFilterChain(stream: TokenStream, start: Expression): Expression {
  let expression = start;
  for (let length = 1; ; length++) {
    stream.checkChain(length);
    if (stream.skipOperator("|")) {
      const filter = parseFilterUse(stream);
      expression = { kind: "filter", at: filter.at, input: expression, filter };
    } else if (stream.isName("is")) expression = parseTest(stream, expression);
    else if (stream.isOperator("(")) expression = parseCall(stream, expression);
    else return expression;
  }
}

function parseTest(stream: TokenStream, input: Expression): Expression {
  const { at } = stream.next();
  const negated = stream.skipName("not");
  const name = dottedName(stream, stream.expect("name", "the name of a test").value);
  stream.uses.push({ kind: "test", name, at });
  const args = parseTestArguments(stream);
  const test: Expression = { kind: "test", at, input, name, args };
  return negated ? { kind: "not", at, operand: test } : test;
}

function parseTestArguments(stream: TokenStream) {
  if (stream.isOperator("(")) return parseArguments(stream, parseExpression);
  const { type } = stream.current;
  const begins = type === "name" || type === "string" || type === "integer" || type === "float";
  if (!begins && !stream.isOperator("[") && !stream.isOperator("{")) return noArguments;
  // These words go on with the expression around the test; `if` is an argument's name nowhere.
  if (stream.isName("else", "or", "and")) return noArguments;
  if (stream.isName("is")) throw stream.error("tests cannot be chained");
  return {
    positional: [
      parsePostfix(
        stream,
        stream.nested(() => parsePrimary(stream)),
      ),
    ],
    named: [],
  };
}

function dottedName(stream: TokenStream, first: string): string {
  let name = first;
  while (stream.skipOperator(".")) name += `.${stream.expect("name", "a name").value}`;
  return name;
}

function parseBracketed(stream: TokenStream): Expression {
  const at = stream.current.at;
  if (stream.skipOperator("(")) {
    const inside: Expression = stream.isOperator(")")
      ? { kind: "tuple", at, items: [] }
      : stream.nested(() => parseTuple(stream));
    stream.expectOperator(")");
    return inside;
  }
  if (stream.skipOperator("[")) {
    const items = parseItems(stream, "]", parseExpression);
    return { kind: "list", at, items };
  }
  if (stream.skipOperator("{")) {
    const pairs = parseItems(stream, "}", (): [Expression, Expression] => {
      const key = parseExpression(stream);
      stream.expectOperator(":");
      return [key, parseExpression(stream)];
    });
    return { kind: "dict", at, pairs };
  }
  throw stream.unexpected("an expression");
}

function parseItems<T>(stream: TokenStream, end: string, parse: (stream: TokenStream) => T): T[] {
  const items: T[] = [];
  while (!stream.isOperator(end)) {
    items.push(parse(stream));
    if (!stream.skipOperator(",")) break;
  }
  stream.expectOperator(end);
  return items;
}
