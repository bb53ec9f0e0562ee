import type { CallFormat } from "../call-format.ts";
import { delimitedJson } from "../json-calls.ts";
import { functoolsOpener } from "./functools.ts";

const open = "<|tool_call|>";
const close = "<|/tool_call|>";

/**
 * Phi 4 mini: `<|tool_call|>[{"name": …, "arguments": {…}}]<|/tool_call|>`; Granite 3 leaves the end out. Phi 4 mini
 * writes `functools[…]` as well. Source: https://huggingface.co/microsoft/Phi-4-mini-instruct
 */
export const phi: CallFormat = {
  appearsIn: (source) => source.includes(open) || source.includes("<|tool|>"),
  openers: () => [{ marker: open, close, read: delimitedJson(close) }, functoolsOpener],
};
