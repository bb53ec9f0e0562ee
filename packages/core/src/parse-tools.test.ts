import { expect, test } from "vitest";
import { parseTools } from "./parse-tools.ts";

const parameters = { type: "object", properties: { city: { type: "string" } } };

test("a tool is read as core spells it and as the OpenAI and Ollama dialects wrap it", () => {
  const tool = { name: "weather", description: "Tells the weather.", parameters };

  expect(parseTools([tool])).toEqual([tool]);
  expect(parseTools([{ type: "function", function: { ...tool, strict: true } }])).toEqual([tool]);
});

test("absent tools are none, and absent fields stay absent", () => {
  expect(parseTools(undefined)).toEqual([]);
  expect(parseTools(null)).toEqual([]);
  expect(parseTools([{ function: { name: "now", description: null, parameters: null } }])).toEqual([{ name: "now" }]);
});

test.each([
  ["no list", "tools", "tools must be a list"],
  ["no object", ["weather"], 'tools[0] must be an object, got "weather"'],
  ["no name", [{ function: {} }], "tools[0].function.name must be a string"],
  ["an empty name", [{ name: "" }], "tools[0].name must be 1 to 256 characters"],
  ["another type", [{ type: "retrieval" }], 'tools[0].type must be "function"'],
  ["parameters that are no schema", [{ name: "f", parameters: [] }], "tools[0].parameters must be an object"],
  ["one name twice", [{ name: "f" }, { name: "f" }], "tools[1] must be named differently"],
  ["too many", Array.from({ length: 1025 }, (_, i) => ({ name: `f${i}` })), "at most 1024 entries"],
])("%s is refused with its path", (_, tools, part) => {
  expect(() => parseTools(tools)).toThrow(part);
});
