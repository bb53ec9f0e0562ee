import { isJsonObject, type JsonObject, type JsonValue, PalaverError } from "@palaver/core";
import type { ChatMessage, ChatTool } from "@palaver/template";

/** What `palaver render` is asked for. Messages and tools keep the spelling in which they came. */
export interface RenderRequest {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ChatTool[];
  readonly documents?: readonly JsonObject[];
  readonly variables?: Readonly<Record<string, JsonValue>>;
  readonly addGenerationPrompt: boolean;
  readonly continueFinalMessage: boolean;
}

/** Checks the outer form; what is inside a message or tool is the template's to judge. @throws ERR_INVALID_ARGUMENT */
export function parseRenderRequest(value: unknown): RenderRequest {
  if (!isJsonObject(value)) throw wrong("the request", "an object");
  const { messages, tools, documents, variables, addGenerationPrompt, continueFinalMessage } = value;
  if (!isObjects(messages)) throw wrong("messages", "a list of objects");
  if (!messages.every((message) => typeof message.role === "string")) throw wrong("a message's role", "a string");
  if (tools != null && !isObjects(tools)) throw wrong("tools", "a list of objects");
  if (documents != null && !isObjects(documents)) throw wrong("documents", "a list of objects");
  if (variables != null && !isJsonObject(variables)) throw wrong("variables", "an object");
  return {
    // Wire-shaped messages may hold any further keys.
    messages: messages as unknown as readonly ChatMessage[],
    ...(tools != null && tools.length > 0 && { tools: tools as unknown as readonly ChatTool[] }),
    ...(documents != null && { documents }),
    ...(variables != null && { variables }),
    addGenerationPrompt: flag("addGenerationPrompt", addGenerationPrompt),
    continueFinalMessage: flag("continueFinalMessage", continueFinalMessage),
  };
}

// --- internal ---

function isObjects(value: JsonValue | undefined): value is readonly JsonObject[] {
  return Array.isArray(value) && value.every(isJsonObject);
}

function flag(name: string, value: JsonValue | undefined): boolean {
  if (value == null) return false;
  if (typeof value !== "boolean") throw wrong(name, "true or false");
  return value;
}

function wrong(what: string, form: string): PalaverError {
  return new PalaverError("ERR_INVALID_ARGUMENT", `${what} must be ${form}`);
}
