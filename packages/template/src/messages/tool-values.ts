import { isJsonObject, type JsonObject, type JsonValue, PalaverError, type ToolDefinition } from "@palaver/core";
import type { ChatTool } from "../chat-message.ts";
import { fromJson } from "../jinja/from-json.ts";
import type { Value } from "../jinja/value.ts";

/** The value of `tools`: definitions in the spelling that templates expect, each wrapped in `function`. */
export function toolValues(tools: readonly ChatTool[]): Value {
  return fromJson(tools.map(wireTool), { origin: "tool-definition" });
}

// --- internal ---

const noParameters: JsonObject = { type: "object", properties: {} };

function wireTool(tool: ChatTool): JsonValue {
  if (!isJsonObject(tool))
    throw new PalaverError("ERR_INVALID_ARGUMENT", "a tool is no object: give name, description and parameters");
  if (isJsonObject(tool.function) || typeof tool.name !== "string") return tool;
  // A tool without "function" is core's. The order of the keys is the one that models saw in training.
  const { name, description, parameters = noParameters } = tool as ToolDefinition;
  return { type: "function", function: { name, ...(description !== undefined && { description }), parameters } };
}
