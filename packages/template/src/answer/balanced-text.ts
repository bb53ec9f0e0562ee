import { END, isControlSign } from "./answer-input.ts";
import type { AnswerReader, Streaming } from "./answer-reader.ts";

/** The deepest nesting of brackets in a call: no tool needs more, and whoever walks the arguments may recurse. */
export const MAX_CALL_DEPTH = 64;

/** Text from a bracket to its partner, or why there is none. */
export type Balanced = { readonly text: string } | { readonly reason: string };

const partners = new Map([
  ["{", "}"],
  ["[", "]"],
  ["(", ")"],
]);
const closing = new Set(partners.values());

/**
 * Passes a bracketed value as it arrives, from its first bracket to the partner; brackets inside quoted strings do not
 * count. This finds where the value ends and no more: whether it is right inside is the parser's to say.
 */
export function* balancedText(reader: AnswerReader, quotes: string): Streaming<Balanced> {
  const start = reader.position;
  const open: string[] = [];
  let quote = "";
  for (;;) {
    const sign = reader.here ?? (yield* reader.peek());
    if (sign === END) return { reason: "the answer ends inside the call" };
    if (isControlSign(sign)) return { reason: `the control token ${sign.slice(1)} stands inside the call` };
    const partner = quote === "" ? partners.get(sign) : undefined;
    if (open.length === 0 && partner === undefined) return { reason: "the call does not begin with a bracket" };
    reader.position++;
    if (quote !== "") {
      if (sign === "\n") return { reason: "a line break stands inside a string" };
      if (sign === "\\") yield* skipEscaped(reader);
      else if (sign === quote) quote = "";
    } else if (partner !== undefined) {
      if (open.push(partner) > MAX_CALL_DEPTH) return { reason: `the call nests deeper than ${MAX_CALL_DEPTH}` };
    } else if (quotes.includes(sign)) {
      quote = sign;
    } else if (closing.has(sign)) {
      if (open.pop() !== sign) return { reason: `the bracket ${sign} closes nothing` };
      if (open.length === 0) return { text: reader.textFrom(start) };
    }
  }
}

// --- internal ---

function* skipEscaped(reader: AnswerReader): Streaming<void> {
  const sign = yield* reader.peek();
  if (sign !== END && !isControlSign(sign)) reader.position++;
}
