import { isJsonObject, type JsonObject, type JsonValue, PalaverError, parseMessages, parseTools } from "@palaver/core";
import { alpacaMessages } from "./alpaca-messages.ts";
import type { DataFormat } from "./data-format.ts";
import type { DialogueExample, Example } from "./example.ts";
import { shareGptMessages } from "./share-gpt-messages.ts";

/** A record as an example. @throws ERR_INVALID_ARGUMENT saying what is wrong with it */
export function parseExample(record: unknown, format: DataFormat): Example {
  if (format === "text" && typeof record === "string") return { type: "text", text: requireText("the text", record) };
  if (!isJsonObject(record)) throw wrong("the record is no object");
  switch (format) {
    case "messages":
      return dialogue(record.messages, record.tools);
    case "sharegpt":
      return dialogue(shareGptMessages(record), record.tools);
    case "alpaca":
      return dialogue(alpacaMessages(record), undefined);
    case "completion":
      return completion(record);
    case "text":
      return { type: "text", text: requireText("text", record.text) };
    case "code":
      return {
        type: "code",
        text: requireText("code", record.code ?? record.content),
        ...(typeof record.path === "string" && { path: record.path }),
        ...(typeof record.language === "string" && { language: record.language }),
      };
    default:
      throw wrong(`the format ${JSON.stringify(format satisfies never)} is unknown`);
  }
}

// --- internal ---

function wrong(reason: string): PalaverError {
  return new PalaverError("ERR_INVALID_ARGUMENT", reason);
}

function requireText(name: string, value: JsonValue | undefined): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  throw wrong(`${name} is ${value === undefined ? "missing" : "no text, or empty"}`);
}

function dialogue(entries: JsonValue | undefined, tools: JsonValue | undefined): DialogueExample {
  const messages = parseMessages(entries);
  if (!messages.some(({ role }) => role === "assistant")) throw wrong("no message is the assistant's");
  // parseMessages has found a list of objects, as many as it gave messages.
  const train = (entries as readonly JsonObject[]).map((entry) => entry.train !== false && entry.weight !== 0);
  return { type: "dialogue", messages, tools: parseTools(withoutText(tools)), train };
}

/** Data sets keep tools as JSON in a string, too; an empty one is none. */
function withoutText(tools: JsonValue | undefined): JsonValue | undefined {
  if (typeof tools !== "string") return tools;
  if (tools.trim() === "") return undefined;
  try {
    return JSON.parse(tools) as JsonValue;
  } catch (cause) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", "tools is text, but no JSON", { cause });
  }
}

function completion({ prompt, completion: answer, tools }: JsonObject): Example {
  if (Array.isArray(prompt) && Array.isArray(answer)) {
    const read = prompt.map((message: JsonValue) => (isJsonObject(message) ? { ...message, train: false } : message));
    return dialogue([...read, ...answer], tools);
  }
  if (typeof prompt !== "string") throw wrong("prompt and completion must both be text, or both be messages");
  return { type: "completion", prompt, completion: requireText("completion", answer) };
}
