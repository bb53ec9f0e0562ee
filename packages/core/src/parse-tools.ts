import { invalidField, readJsonObject, readList, readObject, readOptionalString, readString } from "./json-fields.ts";
import type { ToolDefinition } from "./message.ts";

/** Tools of one request: APIs allow 128; every one of them costs prompt tokens. */
const MAX_TOOLS = 1024;
/** Characters of a tool's name: APIs allow 64. */
const MAX_NAME_LENGTH = 256;

/**
 * Tools from outside: as `ToolDefinition` spells them, and as the OpenAI and Ollama dialects do (wrapped in `function`).
 * Absent and `null` are no tools. Unknown fields are ignored.
 * @throws ERR_INVALID_ARGUMENT naming the path (`tools[1].function.name`)
 */
export function parseTools(value: unknown): ToolDefinition[] {
  if (value === undefined || value === null) return [];
  const names = new Set<string>();
  return readList("tools", value, MAX_TOOLS).map((entry, i) => {
    const path = `tools[${i}]`;
    const tool = parseTool(path, readObject(path, entry));
    if (names.has(tool.name)) throw invalidField(path, "named differently from the others", tool.name);
    names.add(tool.name);
    return tool;
  });
}

// --- internal ---

function parseTool(path: string, wrapper: Readonly<Record<string, unknown>>): ToolDefinition {
  const type = readOptionalString(path, wrapper, ["type"]) ?? "function";
  if (type !== "function") throw invalidField(`${path}.type`, '"function"', type);
  const isWrapped = wrapper.function !== undefined;
  const inner = isWrapped ? `${path}.function` : path;
  const fields = isWrapped ? readObject(inner, wrapper.function) : wrapper;
  const name = readString(`${inner}.name`, fields.name);
  if (name === "" || name.length > MAX_NAME_LENGTH) {
    throw invalidField(`${inner}.name`, `1 to ${MAX_NAME_LENGTH} characters`, name);
  }
  const description = readOptionalString(inner, fields, ["description"]);
  const { parameters } = fields;
  return {
    name,
    ...(description !== undefined && { description }),
    ...(parameters !== undefined &&
      parameters !== null && { parameters: readJsonObject(`${inner}.parameters`, parameters) }),
  };
}
