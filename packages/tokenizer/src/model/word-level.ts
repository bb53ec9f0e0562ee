import { utf8Bytes } from "../utf8.ts";
import type { Vocabulary } from "../vocabulary.ts";
import type { Model } from "./model.ts";

/** One token a piece; what the vocabulary lacks is the unknown id, or left out where there is none. */
export function wordLevel(vocabulary: Vocabulary, unknownId: number | undefined): Model {
  return {
    encode: (text, start, end, ids, ends) => {
      const bytes = utf8Bytes(text.slice(start, end));
      const found = vocabulary.find(bytes, 0, bytes.length);
      const id = found >= 0 ? found : unknownId;
      if (id === undefined) return;
      ids.push(id);
      ends?.push(4 * end);
    },
  };
}
