import type { CallFormat } from "../call-format.ts";
import { delimitedJson } from "../json-calls.ts";

const open = "<tool_call>";
const close = "</tool_call>";

/**
 * Hermes 2 and 3, Qwen 2.5 and 3 and the many that follow them: `<tool_call>{"name": …, "arguments": {…}}</tool_call>`,
 * one call in each pair. Their vocabularies hold the tags as ordinary added tokens or not at all, so text spells them.
 * Source: https://github.com/NousResearch/Hermes-Function-Calling
 */
export const hermes: CallFormat = {
  // Others write something else than JSON inside of the same tag; their templates show the tags of its parts.
  appearsIn: (source) => source.includes(open) && !/<arg_key>|<parameter=/.test(source),
  openers: () => [{ marker: open, close, read: delimitedJson(close) }],
};
