import { limits } from "../limits.ts";
import { complement, intersection, namedClass, type Predicate, range, union } from "./char-set.ts";
import type { PatternReader } from "./pattern-reader.ts";

/** Reads a bracket expression after its `[`: ranges, escapes, nested sets, `&&` and POSIX names. @throws ERR_FORMAT, ERR_UNSUPPORTED */
export function parseClass(reader: PatternReader, depth: number): Predicate {
  if (depth > limits.depth) reader.unsupported(`sets deeper than ${limits.depth}`);
  const isComplement = reader.accept("^");
  const parts: Predicate[] = [];
  const intersected: Predicate[] = [];
  // A bracket at the very beginning stands for itself.
  if (reader.at("]")) {
    reader.take();
    parts.push(range(0x5d, 0x5d));
  }
  while (!reader.accept("]")) {
    if (reader.accept("&&")) {
      intersected.push(union(parts.splice(0)));
      continue;
    }
    parts.push(readPart(reader, depth));
  }
  const whole = intersected.length === 0 ? union(parts) : intersection([...intersected, union(parts)]);
  return isComplement ? complement(whole) : whole;
}

// --- internal ---

function readPart(reader: PatternReader, depth: number): Predicate {
  const posix = reader.acceptMatch(/^\[:(\^?)([a-z]{1,20}):\]/);
  if (posix !== undefined) {
    const named = namedClass(posix[2]!) ?? reader.unsupported(`[:${posix[2]}:]`);
    return posix[1] === "^" ? complement(named) : named;
  }
  if (reader.accept("[")) return parseClass(reader, depth + 1);
  const first = readCode(reader);
  if (typeof first !== "number") return first;
  if (!reader.at("-")) return range(first, first);
  reader.take();
  // A dash in front of the closing bracket stands for itself.
  if (reader.at("]")) return union([range(first, first), range(0x2d, 0x2d)]);
  if (reader.at("[")) return union([range(first, first), range(0x2d, 0x2d)]);
  const last = readCode(reader);
  if (typeof last !== "number") return union([range(first, first), range(0x2d, 0x2d), last]);
  if (last < first) reader.fail("range out of order");
  return range(first, last);
}

function readCode(reader: PatternReader): number | Predicate {
  const char = reader.take();
  if (char !== "\\") return char.codePointAt(0)!;
  if (reader.accept("b")) return 0x08;
  return reader.escape();
}
