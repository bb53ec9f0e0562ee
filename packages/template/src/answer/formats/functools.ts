import { balancedText } from "../balanced-text.ts";
import { broken, type CallFormat, type CallOpener } from "../call-format.ts";
import { jsonCalls } from "../json-calls.ts";

const marker = "functools[";

/** `functools[{"name": …, "arguments": {…}}]`: nothing closes it but the bracket. */
export const functoolsOpener: CallOpener = {
  marker,
  *read(reader) {
    // The bracket belongs to the marker, since the word alone may stand in any sentence, and to the list.
    reader.position--;
    const value = yield* balancedText(reader, '"');
    return "reason" in value ? broken(value.reason) : jsonCalls(value.text);
  },
};

/** FireFunction v2. Source: https://huggingface.co/fireworks-ai/llama-3-firefunction-v2 */
export const functools: CallFormat = {
  appearsIn: (source) => source.includes(marker),
  openers: () => [functoolsOpener],
};
