import { isJsonObject, type JsonObject, type JsonValue, PalaverError } from "@palaver/core";

/** Who speaks, in the spellings of published data sets. */
const roles: Readonly<Record<string, "system" | "user" | "assistant" | "tool" | "calls">> = {
  system: "system",
  human: "user",
  user: "user",
  gpt: "assistant",
  chatgpt: "assistant",
  assistant: "assistant",
  model: "assistant",
  function_call: "calls",
  observation: "tool",
  function_response: "tool",
  tool: "tool",
};

/** The turns of a ShareGPT record as messages in OpenAI's spelling. @throws ERR_INVALID_ARGUMENT */
export function shareGptMessages({ conversations, system }: JsonObject): JsonObject[] {
  if (!Array.isArray(conversations)) throw wrong("conversations is no list");
  const first = typeof system === "string" && system.trim() !== "" ? [{ role: "system", content: system }] : [];
  return [...first, ...conversations.map((turn: JsonValue, index) => message(turn, `conversations[${index}]`))];
}

// --- internal ---

function wrong(reason: string): PalaverError {
  return new PalaverError("ERR_INVALID_ARGUMENT", reason);
}

function message(turn: JsonValue, path: string): JsonObject {
  if (!isJsonObject(turn)) throw wrong(`${path} is no object`);
  const { from, value } = turn;
  const role = typeof from === "string" && Object.hasOwn(roles, from) ? roles[from] : undefined;
  if (role === undefined)
    throw wrong(`${path}.from must be one of ${Object.keys(roles).join(", ")}, got ${JSON.stringify(from)}`);
  if (typeof value !== "string") throw wrong(`${path}.value is no text`);
  const flags = {
    ...(turn.train !== undefined && { train: turn.train }),
    ...(turn.weight !== undefined && { weight: turn.weight }),
  };
  if (role !== "calls") return { role, content: value, ...flags };
  return { role: "assistant", content: "", tool_calls: calls(value, path), ...flags };
}

function calls(value: string, path: string): JsonObject[] {
  let parsed: JsonValue;
  try {
    // What JSON.parse gives is JSON.
    parsed = JSON.parse(value) as JsonValue;
  } catch (cause) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `${path}.value is a call, but no JSON`, { cause });
  }
  const list: readonly JsonValue[] = Array.isArray(parsed) ? parsed : [parsed];
  return list.map((call) => {
    if (isJsonObject(call)) return { type: "function", function: call };
    throw wrong(`${path}.value is no call with name and arguments`);
  });
}
