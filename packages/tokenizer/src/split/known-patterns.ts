/** The split patterns of well-known models, by their text, with the scanner that does the same by hand. */
import { scanCl100k } from "./scan-cl100k.ts";
import { scanDeepseek } from "./scan-deepseek.ts";
import { scanGpt2 } from "./scan-gpt2.ts";
import type { Scanner } from "./splitter.ts";

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const word = String.raw`[^\r\n\p{L}\p{N}]?\p{L}+`;
const signs = String.raw` ?[^\s\p{L}\p{N}]+[\r\n]*`;
const spaces = String.raw`\s*[\r\n]+|\s+(?!\S)|\s+`;
const upper = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const lower = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
const start = String.raw`[^\r\n\p{L}\p{N}]?`;
const slashSigns = String.raw` ?[^\s\p{L}\p{N}]+[\r\n/]*`;

/** Patterns as model files write them; those of GGUF files go by the same texts. */
export const patterns = {
  gpt2: String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
  cl100k: `${contractions}|${word}|\\p{N}{1,3}|${signs}|${spaces}`,
  qwen2: `${contractions}|${word}|\\p{N}|${signs}|${spaces}`,
  o200k: `${start}${upper}*${lower}+${contractions}?|${start}${upper}+${lower}*${contractions}?|\\p{N}{1,3}|${slashSigns}|${spaces}`,
  tekken: `${start}${upper}*${lower}+|${start}${upper}+${lower}*|\\p{N}|${slashSigns}|${spaces}`,
  seedCoder: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+`,
  qwen35: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  deepseek3:
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
} as const;

/** The scanner for a pattern, where it is one of the well-known ones. */
export function knownScanner(pattern: string): Scanner | undefined {
  return scanners.get(spelledOut(pattern));
}

/** True if every character is in a match of the pattern, so that nothing lies between matches. */
export function matchesAll(pattern: string): boolean {
  return spelledOut(pattern) !== patterns.deepseek3;
}

// --- internal ---

const openAiContractions = "'(?i:[sdmt]|ll|ve|re)";
const cl100k = scanCl100k({ digits: 3 });
const oneDigit = scanCl100k({ digits: 1 });
const manyDigits = scanCl100k({ digits: Number.POSITIVE_INFINITY });
const o200k = scanCl100k({ digits: 3, cases: true, contractions: "after", slashes: true });

const scanners = new Map<string, Scanner>([
  [patterns.gpt2, scanGpt2],
  // llama.cpp leaves the last alternative out: what no alternative takes is a piece all the same.
  [patterns.gpt2.replace(/\|\\s\+$/, ""), scanGpt2],
  [patterns.cl100k, cl100k],
  // tiktoken's own spellings: possessive, and without the last plus signs, which change nothing here.
  [
    String.raw`${openAiContractions}|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+`,
    cl100k,
  ],
  [
    String.raw`${openAiContractions}|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s`,
    cl100k,
  ],
  [
    String.raw`${openAiContractions}|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+`,
    oneDigit,
  ],
  [patterns.qwen2, oneDigit],
  [`${contractions}|${word}|\\p{N}+|${signs}|${spaces}`, manyDigits],
  [patterns.o200k, o200k],
  [patterns.tekken, scanCl100k({ digits: 1, cases: true, contractions: "none", slashes: true })],
  [patterns.seedCoder, scanCl100k({ digits: 1, bareMarks: true })],
  [patterns.qwen35, scanCl100k({ digits: 1, marks: true })],
  [patterns.deepseek3, scanDeepseek],
]);

/** Some files hold line ends as themselves and not as escapes. */
function spelledOut(pattern: string): string {
  return pattern.replaceAll("\r", "\\r").replaceAll("\n", "\\n");
}
