import { spellBytes } from "../byte-alphabet.ts";
import { utf8Bytes } from "../utf8.ts";
import { mapChars } from "./edits.ts";
import { type Normalizer, rewriting } from "./normalizer.ts";

/** Spells the text's UTF-8 in the byte alphabet. */
export const byteSpelling: Normalizer = rewriting((out) => {
  mapChars(out.source, (char) => spellBytes(utf8Bytes(char)), out);
});
