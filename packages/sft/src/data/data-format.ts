import { isJsonObject, type JsonValue } from "@palaver/core";

/**
 * What records look like.
 *
 * - `messages`: `{ messages, tools? }` as OpenAI's fine-tuning takes it; `train: false` or `weight: 0` in a message
 * - `sharegpt`: `{ conversations: [{ from, value }], system?, tools? }`
 * - `alpaca`: `{ instruction, input?, output, system?, history? }`
 * - `completion`: `{ prompt, completion }`, both text, or both lists of messages
 * - `text`: `{ text }`, or a bare string
 * - `code`: `{ code, path?, language? }` (or `content` for `code`)
 */
export type DataFormat = "messages" | "sharegpt" | "alpaca" | "completion" | "text" | "code";

/** The format of a record; undefined where it looks like none. */
export function detectDataFormat(record: unknown): DataFormat | undefined {
  if (typeof record === "string") return "text";
  if (!isJsonObject(record)) return undefined;
  return signs.find(([, isFormat]) => isFormat(record))?.[0];
}

// --- internal ---

type Fields = Readonly<Record<string, JsonValue | undefined>>;

// In this order: data sets carry `text` and `prompt` as well, made from their conversations.
const signs: readonly (readonly [DataFormat, (fields: Fields) => boolean])[] = [
  ["messages", ({ messages }) => Array.isArray(messages)],
  ["sharegpt", ({ conversations }) => Array.isArray(conversations)],
  ["alpaca", ({ instruction, output }) => typeof instruction === "string" && output !== undefined],
  ["completion", ({ prompt, completion }) => prompt !== undefined && completion !== undefined],
  [
    "code",
    ({ code, content, path }) => typeof code === "string" || (typeof content === "string" && typeof path === "string"),
  ],
  ["text", ({ text }) => typeof text === "string"],
];
