/**
 * Every budget for files that nobody vouches for, with its reason. A file beyond one gives `ERR_LIMIT`.
 * The largest vocabularies in use have 262,144 tokens (Gemma 3) and 514,906 merges (Gemma 2).
 */
export const limits = {
  /** Bytes of one file. The largest in use is 34 MB (Gemma 3's tokenizer.json). */
  fileBytes: 256 * 1024 * 1024,
  /** Ids of a vocabulary; tables are sized by the highest id. */
  vocabularySize: 4 * 1024 * 1024,
  /** UTF-8 bytes of one token; the longest in use, runs of spaces and dashes, stay below 1,024. Some models look this far ahead at every character. */
  tokenBytes: 4 * 1024,
  /** Merges; a heap key packs a merge's rank above a 32-bit position into a double. */
  merges: 2 * 1024 * 1024 - 1,
  /** Added tokens. */
  addedTokens: 1024 * 1024,
  /** Depth of JSON, of nested sequences of steps, and of a pattern's groups: each level is a call on the stack. */
  depth: 64,
  /** Steps of one sequence of normalizers, pre-tokenizers or decoders. */
  steps: 256,
  /** Characters of one split pattern; the longest in use has 1,100. */
  patternChars: 16 * 1024,
  /** States of a compiled pattern; its memory of failures is one bit a state and character. */
  patternStates: 20_000,
  /** Repetitions that `{n,m}` may ask for; each is a copy of its operand. */
  patternRepeats: 1000,
  /** Steps of a pattern over one text, for each of its characters; well-behaved patterns need below 100. */
  patternStepsPerChar: 1000,
  /** Units of text that the cache of pre-tokens keeps, with their ids; it starts anew when it is full. */
  cacheUnits: 1024 * 1024,
} as const;
