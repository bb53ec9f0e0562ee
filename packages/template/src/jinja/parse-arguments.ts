import type { CallArguments, Expression } from "./syntax.ts";
import type { TokenStream } from "./token-stream.ts";

/** `(a, b, *list, name=c, **dict)`; the stream is at the opening bracket. @throws ERR_FORMAT */
export function parseArguments(
  stream: TokenStream,
  parseExpression: (stream: TokenStream) => Expression,
): CallArguments {
  stream.expectOperator("(");
  const positional: Expression[] = [];
  const named: [string, Expression][] = [];
  let spread: Expression | undefined;
  let namedSpread: Expression | undefined;
  const ensure = (holds: boolean): void => {
    if (!holds) throw stream.error("arguments are in the wrong order");
  };
  while (!stream.isOperator(")")) {
    if (stream.skipOperator("*")) {
      ensure(!spread && !namedSpread);
      spread = parseExpression(stream);
    } else if (stream.skipOperator("**")) {
      ensure(!namedSpread);
      namedSpread = parseExpression(stream);
    } else if (stream.current.type === "name" && isAssign(stream)) {
      ensure(!namedSpread);
      const name = stream.next().value;
      stream.next();
      named.push([name, parseExpression(stream)]);
    } else {
      ensure(!spread && !namedSpread && named.length === 0);
      positional.push(parseExpression(stream));
    }
    if (!stream.skipOperator(",")) break;
  }
  stream.expectOperator(")");
  return { positional, named, ...(spread && { spread }), ...(namedSpread && { namedSpread }) };
}

// --- internal ---

function isAssign(stream: TokenStream): boolean {
  return stream.following.type === "operator" && stream.following.value === "=";
}
