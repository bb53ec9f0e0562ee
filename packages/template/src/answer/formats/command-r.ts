import { type CallFormat, silentMarker } from "../call-format.ts";
import { delimitedJson, jsonCalls } from "../json-calls.ts";

const open = "<|START_ACTION|>";
const close = "<|END_ACTION|>";
const silent = ["<|START_RESPONSE|>", "<|END_RESPONSE|>"];

/**
 * Command R7B and its successors: `<|START_ACTION|>[{"tool_call_id": …, "tool_name": …, "parameters": {…}}]
 * <|END_ACTION|>`, and the answer to the user between its own two markers. The ids count the conversation's calls from
 * the template's side, so they are not taken over. Source: https://docs.cohere.com/docs/command-r7b-hf
 */
export const commandR: CallFormat = {
  appearsIn: (source) => source.includes(open),
  openers: () => [
    { marker: open, close, read: delimitedJson(close, (text) => jsonCalls(text, commandKeys)) },
    ...silent.map((marker) => ({ ...silentMarker(marker), withoutTools: true })),
  ],
};

// --- internal ---

const commandKeys = { name: "tool_name", arguments: ["parameters"] };
