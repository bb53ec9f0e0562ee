import { balancedText } from "../balanced-text.ts";
import { broken, type CallFormat } from "../call-format.ts";
import { closedBy } from "../json-calls.ts";
import { barePythonCalls, PYTHON_QUOTES, pythonCalls } from "../python-calls.ts";

const open = "<|python_start|>";
const close = "<|python_end|>";

/**
 * Calls written as Python: `[get_weather(city='Oslo'), now()]`, as Llama 3.2 and 4 are asked to; Llama 4 may set them
 * between two control tokens. Source: https://www.llama.com/docs/model-cards-and-prompt-formats/llama4/
 */
export const pythonic: CallFormat = {
  appearsIn: (source) => source.includes(open) || source.includes("func_name1(params_name1="),
  controlMarkers: [open, close],
  openers: () => [
    {
      marker: open,
      close,
      *read(reader) {
        yield* reader.spaces();
        const list = yield* balancedText(reader, PYTHON_QUOTES);
        if ("reason" in list) return broken(list.reason);
        return yield* closedBy(close, reader, pythonCalls(list.text));
      },
    },
  ],
  bareCalls: (tools) => [barePythonCalls(tools)],
};
