/**
 * A template's source in tokens, as Jinja cuts it with `trim_blocks` and `lstrip_blocks` (what Transformers sets):
 * the newline after a block tag goes, white space from a line's start to a block tag goes, `-` strips all white space
 * on its side, `+` keeps it, and one newline at the source's end goes.
 */
import { skipSpace, trimmedEnd } from "./python-space.ts";
import { stringLiteral } from "./string-literal.ts";
import { syntaxError } from "./syntax-error.ts";
import type { Token } from "./token.ts";

/** The source with `\n` as its only line end and without the last one; offsets of tokens and errors are in this. */
export function normalizeSource(source: string): string {
  const lines = source.includes("\r") ? source.replaceAll("\r\n", "\n").replaceAll("\r", "\n") : source;
  return lines.endsWith("\n") ? lines.slice(0, -1) : lines;
}

/** The tokens of a normalized source. @throws ERR_FORMAT */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  // True where the text that comes next begins a line: after a tag that took its newline, and at the start.
  let startsLine = true;
  while (position < source.length) {
    const open = nextTag(source, position);
    const kind = source[open + 1];
    const sign = source[open + 2];
    const text = textBeforeTag(source, position, open, kind === "{" ? "output" : "block", sign, startsLine);
    if (text !== "") tokens.push({ type: "data", value: text, at: position });
    if (open === source.length) break;
    const inside = open + (sign === "-" || sign === "+" ? 3 : 2);
    const raw = kind === "%" ? rawBody(source, inside) : undefined;
    if (kind === "#") position = endOfComment(source, open, inside);
    else if (raw !== undefined) position = readRaw(source, open, raw, tokens);
    else position = readTag(source, open, inside, kind === "{", tokens);
    startsLine = source[position - 1] === "\n";
  }
  tokens.push({ type: "end", value: "", at: source.length });
  return tokens;
}

// --- internal ---

const openers: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
const twoCharacterOperators = new Set(["//", "**", "==", "!=", ">=", "<="]);
const operators = new Set("+-/*%~[](){}><=.:|,;");

function nextTag(source: string, from: number): number {
  for (let at = source.indexOf("{", from); at >= 0; at = source.indexOf("{", at + 1)) {
    const next = source[at + 1];
    if (next === "{" || next === "%" || next === "#") return at;
  }
  return source.length;
}

function textBeforeTag(
  source: string,
  from: number,
  to: number,
  kind: "output" | "block",
  sign: string | undefined,
  startsLine: boolean,
): string {
  const text = source.slice(from, to);
  if (to === source.length) return text;
  if (sign === "-") return text.slice(0, trimmedEnd(text));
  if (sign === "+" || kind === "output") return text;
  const line = text.lastIndexOf("\n") + 1;
  if ((line > 0 || startsLine) && skipSpace(text, line) === text.length) return text.slice(0, line);
  return text;
}

function endOfComment(source: string, open: number, inside: number): number {
  const close = source.indexOf("#}", inside);
  if (close < 0) throw syntaxError(source, open, "a comment has no end");
  const sign = close > inside ? source[close - 1] : "";
  return afterTag(source, close + 2, sign);
}

/** The first position after a closing tag: `-` takes all white space, nothing takes one newline, `+` takes none. */
function afterTag(source: string, end: number, sign: string | undefined): number {
  if (sign === "-") return skipSpace(source, end);
  return sign !== "+" && source[end] === "\n" ? end + 1 : end;
}

/** Where the text of `{% raw %}` begins; undefined if the tag is another one. */
function rawBody(source: string, inside: number): number | undefined {
  const word = skipSpace(source, inside);
  if (!source.startsWith("raw", word)) return undefined;
  const end = skipSpace(source, word + 3);
  if (source.startsWith("-%}", end)) return skipSpace(source, end + 3);
  return source.startsWith("%}", end) ? end + 2 : undefined;
}

function readRaw(source: string, open: number, body: number, tokens: Token[]): number {
  for (let at = source.indexOf("{%", body); at >= 0; at = source.indexOf("{%", at + 1)) {
    const sign = source[at + 2];
    const word = skipSpace(source, at + (sign === "-" || sign === "+" ? 3 : 2));
    if (!source.startsWith("endraw", word)) continue;
    let end = skipSpace(source, word + 6);
    const endSign = source[end] === "-" || source[end] === "+" ? source[end++] : "";
    if (!source.startsWith("%}", end)) continue;
    const text = textBeforeTag(source, body, at, "block", sign, source[body - 1] === "\n");
    if (text !== "") tokens.push({ type: "data", value: text, at: body });
    return afterTag(source, end + 2, endSign);
  }
  throw syntaxError(source, open, "a raw block has no end");
}

/** Reads the tokens of `{{ }}` or `{% %}`; gives the position after it. */
function readTag(source: string, open: number, inside: number, isOutput: boolean, tokens: Token[]): number {
  const close = isOutput ? "}}" : "%}";
  const end = isOutput ? "output-end" : "block-end";
  tokens.push({ type: isOutput ? "output-start" : "block-start", value: "", at: open });
  const expected: string[] = [];
  let at = inside;
  while (true) {
    at = skipSpace(source, at);
    const sign = source[at] === "-" || (source[at] === "+" && !isOutput) ? source[at] : "";
    if (expected.length === 0 && source.startsWith(close, at + sign!.length)) {
      tokens.push({ type: end, value: "", at });
      const after = at + sign!.length + 2;
      if (!isOutput) return afterTag(source, after, sign);
      return sign === "-" ? skipSpace(source, after) : after;
    }
    if (at >= source.length) throw syntaxError(source, open, `a tag has no end: "${close}" is missing`);
    const token = readToken(source, at);
    if (token.type === "operator") balance(source, token, expected);
    tokens.push(token.type === "string" ? unquoted(source, token) : token);
    at += token.value.length;
  }
}

function readToken(source: string, at: number): Token {
  const number = readNumber(source, at);
  if (number) return number;
  wordPattern.lastIndex = at;
  const word = wordPattern.exec(source);
  if (word) return { type: "name", value: word[0], at };
  const first = source[at]!;
  if (first === "'" || first === '"') return { type: "string", value: quoted(source, at), at };
  const two = source.slice(at, at + 2);
  if (twoCharacterOperators.has(two)) return { type: "operator", value: two, at };
  if (operators.has(first)) return { type: "operator", value: first, at };
  throw syntaxError(
    source,
    at,
    `unexpected character ${JSON.stringify(String.fromCodePoint(source.codePointAt(at)!))}`,
  );
}

const wordPattern = /[\p{L}\p{Nl}_][\p{L}\p{M}\p{N}\p{Pc}]*/uy;
const basedPattern = /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+/y;
const digitsPattern = /[0-9](?:_?[0-9])*/y;
const exponentPattern = /[eE][+-]?[0-9](?:_?[0-9])*/y;

function readNumber(source: string, at: number): Token | undefined {
  const code = source.charCodeAt(at);
  if (code < 0x30 || code > 0x39) return undefined;
  const based = match(basedPattern, source, at);
  if (based) return { type: "integer", value: based, at };
  const whole = match(digitsPattern, source, at)!;
  // `a.0.1` is two indices and no float.
  if (source[at - 1] === ".") return { type: "integer", value: whole, at };
  let end = at + whole.length;
  const fraction = source[end] === "." ? match(digitsPattern, source, end + 1) : "";
  if (fraction) end += 1 + fraction.length;
  end += match(exponentPattern, source, end).length;
  const value = source.slice(at, end);
  return { type: value === whole ? "integer" : "float", value, at };
}

function match(pattern: RegExp, source: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? "";
}

function quoted(source: string, at: number): string {
  const quote = source[at]!;
  for (let end = at + 1; end < source.length; end++) {
    if (source[end] === "\\") end++;
    else if (source[end] === quote) return source.slice(at, end + 1);
  }
  throw syntaxError(source, at, "a string has no end");
}

function unquoted(source: string, token: Token): Token {
  const value = stringLiteral(token.value.slice(1, -1));
  if (value === undefined) throw syntaxError(source, token.at, "a string has a broken escape");
  return { ...token, value };
}

function balance(source: string, token: Token, expected: string[]): void {
  const closer = openers[token.value];
  if (closer) expected.push(closer);
  if (token.value !== ")" && token.value !== "]" && token.value !== "}") return;
  if (expected.pop() !== token.value) throw syntaxError(source, token.at, `unexpected "${token.value}"`);
}
