/**
 * The one place where messages from outside become core messages. It reads the spelling of `Message` itself and those
 * of the OpenAI dialect (`tool_calls` with arguments as JSON text, `reasoning_content`) and of Ollama (arguments as an object,
 * `tool_name`, `thinking`). Unknown fields are ignored, as those APIs do.
 */

import {
  invalidField,
  parseJsonObject,
  readJsonObject,
  readList,
  readObject,
  readOptionalString,
  readString,
} from "./json-fields.ts";
import type { AssistantMessage, Content, Message, Role, TextPart, ToolCall } from "./message.ts";

/** Messages of one conversation: every one of them costs prompt tokens. */
const MAX_MESSAGES = 100_000;
/** Parts of one message. */
const MAX_PARTS = 10_000;
/** Calls of one message. */
const MAX_CALLS = 1024;

const roles: Readonly<Record<string, Role>> = {
  system: "system",
  developer: "system", // OpenAI's newer word
  user: "user",
  assistant: "assistant",
  tool: "tool",
  function: "tool", // OpenAI's older word
};

/** Types of parts that hold text: chat completions, then the input and the output of responses. */
const textTypes: readonly unknown[] = ["text", "input_text", "output_text"];

/**
 * A conversation from outside. Calls without an id get one that is unique in it.
 * @throws ERR_INVALID_ARGUMENT naming the path (`messages[2].content`)
 */
export function parseMessages(value: unknown): Message[] {
  const entries = readList("messages", value, MAX_MESSAGES);
  const newCallId = callIds(entries);
  return entries.map((entry, i) => parseMessage(`messages[${i}]`, entry, newCallId));
}

// --- internal ---

type Fields = Readonly<Record<string, unknown>>;

function parseMessage(path: string, entry: unknown, newCallId: () => string): Message {
  const fields = readObject(path, entry);
  const name = readString(`${path}.role`, fields.role);
  const role = Object.hasOwn(roles, name) ? roles[name] : undefined;
  if (role === undefined) throw invalidField(`${path}.role`, `one of ${Object.keys(roles).join(", ")}`, name);
  if (fields.images !== undefined && fields.images !== null) {
    if (readList(`${path}.images`, fields.images, MAX_PARTS).length > 0) {
      throw invalidField(`${path}.images`, "empty: only text can be read", fields.images);
    }
  }
  switch (role) {
    case "system":
      return { role, content: parseContent(path, fields.content) };
    case "user":
      return { role, content: parseContent(path, fields.content), ...optional(path, fields, { name: ["name"] }) };
    case "assistant":
      return parseAssistant(path, fields, newCallId);
    case "tool":
      return {
        role,
        content: parseContent(path, fields.content),
        ...optional(path, fields, { toolCallId: ["tool_call_id", "toolCallId"], name: ["name", "tool_name"] }),
      };
    default:
      return role satisfies never;
  }
}

function parseAssistant(path: string, fields: Fields, newCallId: () => string): AssistantMessage {
  const content = fields.content ?? ""; // absent or null where the message only calls tools
  const toolCalls = parseToolCalls(path, fields, newCallId);
  return {
    role: "assistant",
    content: parseContent(path, content),
    ...optional(path, fields, { reasoning: ["reasoning_content", "reasoning", "thinking"] }),
    ...(toolCalls.length > 0 && { toolCalls }),
  };
}

/** Those of the named strings that are present, each under any of its spellings. */
function optional<Key extends string>(
  path: string,
  fields: Fields,
  spellings: Readonly<Record<Key, readonly string[]>>,
): Partial<Record<Key, string>> {
  const found: Partial<Record<Key, string>> = {};
  for (const key of Object.keys(spellings) as Key[]) {
    const value = readOptionalString(path, fields, spellings[key]);
    if (value !== undefined) found[key] = value;
  }
  return found;
}

function parseContent(path: string, value: unknown): Content {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) throw invalidField(`${path}.content`, "a string or a list of parts", value);
  return readList(`${path}.content`, value, MAX_PARTS).map((part, i) => parsePart(`${path}.content[${i}]`, part));
}

function parsePart(path: string, value: unknown): TextPart {
  const part = readObject(path, value);
  if (!textTypes.includes(part.type)) throw invalidField(`${path}.type`, '"text": only text can be read', part.type);
  return { type: "text", text: readString(`${path}.text`, part.text) };
}

function parseToolCalls(path: string, fields: Fields, newCallId: () => string): ToolCall[] {
  const key = callsKey(fields);
  if (key === undefined) return [];
  return readList(`${path}.${key}`, fields[key], MAX_CALLS).map((entry, i) => {
    const at = `${path}.${key}[${i}]`;
    const call = readObject(at, entry);
    const isWrapped = call.function !== undefined;
    const inner = isWrapped ? `${at}.function` : at;
    const named = isWrapped ? readObject(inner, call.function) : call;
    return {
      id: readOptionalString(at, call, ["id"]) || newCallId(),
      name: readString(`${inner}.name`, named.name),
      arguments: parseArguments(`${inner}.arguments`, named.arguments),
    };
  });
}

function callsKey(fields: Fields): string | undefined {
  return ["tool_calls", "toolCalls"].find((key) => fields[key] !== undefined && fields[key] !== null);
}

function parseArguments(path: string, value: unknown): ToolCall["arguments"] {
  if (value === undefined || value === null) return {};
  return typeof value === "string" ? parseJsonObject(path, value) : readJsonObject(path, value);
}

/** Gives ids `call_0`, `call_1`, ... that no call of the conversation has. */
function callIds(entries: readonly unknown[]): () => string {
  const taken = new Set<unknown>();
  for (const entry of entries) {
    const fields = (entry ?? {}) as Fields; // any other value than null and undefined can be asked for a field
    const key = callsKey(fields);
    const calls: unknown = key === undefined ? [] : fields[key];
    for (const call of Array.isArray(calls) ? calls : []) taken.add((call as Fields | null)?.id);
  }
  let next = 0;
  return () => {
    while (taken.has(`call_${next}`)) next++;
    return `call_${next++}`;
  };
}
