import type { ToolDefinition } from "@palaver/core";
import { END, isControlSign } from "../answer-input.ts";
import { balancedText } from "../balanced-text.ts";
import { bareJsonCall } from "../bare-json-call.ts";
import { broken, type CallFormat, type CallOpener, type CallReader, calls } from "../call-format.ts";
import { delimitedJson, jsonCalls, namedCall } from "../json-calls.ts";
import { PrefixTree } from "../prefix-tree.ts";
import { barePythonCalls, PYTHON_QUOTES, pythonCall } from "../python-calls.ts";

const pythonTag = "<|python_tag|>";
const functionEnd = "</function>";

// The tools that a template offers as "Environment: ipython": what follows the tag is then a program.
const codeTools = ["code_interpreter", "python", "ipython"];

/**
 * Llama 3.1 to 3.3 and Functionary 3.1: `{"name": …, "parameters": {…}}` and 3.2's `[name(key=value)]` with nothing
 * around them, `<function=NAME>{…}</function>`, and behind the control token `<|python_tag|>` a JSON call, a built-in
 * tool's `NAME.call(query="…")` or a program.
 * Source: https://www.llama.com/docs/model-cards-and-prompt-formats/llama3_1/
 */
export const llama: CallFormat = {
  appearsIn: (source) => /<\|python_tag\|>|<function=|ipython/.test(source),
  controlMarkers: [pythonTag],
  openers: (tools) => [{ marker: pythonTag, read: afterPythonTag(tools) }, ...tools.map(functionTag)],
  bareCalls: (tools) => [bareJsonCall(tools), barePythonCalls(tools)],
};

// --- internal ---

function functionTag({ name }: ToolDefinition): CallOpener {
  const read = delimitedJson(functionEnd, (text) => namedCall(name, text));
  return { marker: `<function=${name}>`, close: functionEnd, read };
}

function afterPythonTag(tools: readonly ToolDefinition[]): CallReader {
  const builtIn = new PrefixTree<string>();
  for (const { name } of tools) builtIn.addText(`${name}.call(`, name);
  const codeTool = tools.find(({ name }) => codeTools.includes(name));
  return function* (reader) {
    yield* reader.spaces();
    const start = reader.position;
    if ((yield* reader.peek()) === "{") {
      const value = yield* balancedText(reader, '"');
      const reading = "reason" in value ? broken(value.reason) : jsonCalls(value.text);
      if (reading.type === "calls" || codeTool === undefined) return reading;
    }
    reader.position = start;
    const name = yield* reader.match(builtIn);
    if (name !== undefined) {
      reader.position--;
      const values = yield* balancedText(reader, PYTHON_QUOTES);
      return "reason" in values ? broken(values.reason) : pythonCall(name, values.text);
    }
    for (;;) {
      const sign = reader.here ?? (yield* reader.peek());
      if (sign === END || isControlSign(sign)) break;
      reader.position++;
    }
    if (codeTool === undefined) return broken(`what follows ${pythonTag} is no call of a tool that was offered`);
    return calls({ name: codeTool.name, arguments: { code: reader.textFrom(start) } });
  };
}
