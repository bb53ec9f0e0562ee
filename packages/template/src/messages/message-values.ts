/** Messages in the spelling that templates expect, with the origin of every character. */
import { isJsonObject, type JsonValue, PalaverError } from "@palaver/core";
import type { ChatMessage } from "../chat-message.ts";
import { fromJson } from "../jinja/from-json.ts";
import { Text } from "../jinja/text.ts";
import { type DictKey, listValue, type Value } from "../jinja/value.ts";
import { MessageOrigins } from "./message-origins.ts";
import { pythonJson } from "./python-json.ts";
import { reasoningKeys, type SourceNames } from "./source-names.ts";
import type { TemplateTraits } from "./template-traits.ts";

/** How one template wants messages. */
export interface MessageForm {
  readonly names: SourceNames;
  readonly traits: TemplateTraits;
}

/** The value of `messages` for a template. @throws ERR_INVALID_ARGUMENT for what is no message, ERR_LIMIT */
export function messageValues(messages: readonly ChatMessage[], { names, traits }: MessageForm): Value {
  if (!Array.isArray(messages)) throw new PalaverError("ERR_INVALID_ARGUMENT", "messages must be a list");
  const dicts = messages.map((message, index) => messageEntries(message, index, { names, traits }));
  const [first, second] = messages;
  if (first?.role === "system" && second?.role === "user" && !traits.takesSystem) {
    const merged = new Map(dicts[1]);
    merged.set("content", joinContents(dicts[0]!.get("content"), dicts[1]!.get("content")));
    return listValue([merged, ...dicts.slice(2)].map(dictOf));
  }
  return listValue(dicts.map(dictOf));
}

// --- internal ---

function dictOf(entries: ReadonlyMap<string, Value>): Value {
  const pairs = Array.from(entries, ([key, value]): [DictKey, [Value, Value]] => [key, [Text.of(key), value]]);
  return { kind: "dict", entries: new Map(pairs) };
}

/** Keys of core's messages whose wire spelling differs. */
const wireKeys: Readonly<Record<string, string>> = { toolCalls: "tool_calls", toolCallId: "tool_call_id" };

function messageEntries(message: ChatMessage, index: number, form: MessageForm): Map<string, Value> {
  if (!isJsonObject(message) || typeof message.role !== "string") {
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      `message ${index} is no object with a "role": give role and content`,
    );
  }
  const origins = new MessageOrigins(message.role, index, form.names.roles);
  const entries = new Map<string, Value>();
  const calls = toolCalls(message, form);
  // What is no JSON is refused where it is read.
  for (const [given, value] of Object.entries(message as { readonly [key: string]: JsonValue | undefined })) {
    const key = wireKeys[given] ?? given;
    if (key === "content") entries.set(key, contentValue(value ?? null, calls.length > 0, origins, form));
    else if (key === "tool_calls") {
      // An empty list means none; templates that ask whether the key is there must not find it.
      if (calls.length > 0) entries.set(key, fromJson(calls, origins.ofKey(key)));
    } else if (value !== undefined && value !== null) entries.set(key, fromJson(value, origins.ofKey(key)));
  }
  if (calls.length > 0 && !entries.has("content")) entries.set("content", contentValue(null, true, origins, form));
  moveReasoning(entries, form.names.reasoningKey);
  return entries;
}

/** Puts the reasoning under the key that the template reads, if the message has it under another one. */
function moveReasoning(entries: Map<string, Value>, wanted: string | undefined): void {
  const given = reasoningKeys.find((key) => entries.has(key));
  const target = wanted ?? (given === "reasoning" ? "reasoning_content" : given);
  if (given === undefined || target === undefined || entries.has(target)) return;
  entries.set(target, entries.get(given)!);
  entries.delete(given);
}

function contentValue(content: JsonValue, hasCalls: boolean, origins: MessageOrigins, { traits }: MessageForm): Value {
  const origin = origins.ofKey("content");
  const isEmpty = content === null || content === "" || (Array.isArray(content) && content.length === 0);
  if (hasCalls && isEmpty) return fromJson(traits.emptyContent, origin);
  if (content === null) return Text.of("", origin);
  if (typeof content === "string") {
    return fromJson(traits.needsParts ? [{ type: "text", text: content }] : content, origin);
  }
  const texts = Array.isArray(content) ? content.map(partText) : [];
  if (texts.every((text) => text !== undefined) && texts.length > 0 && !traits.takesParts) {
    return Text.of(texts.join(""), origin);
  }
  return fromJson(content, origin);
}

/** The text of a text part; undefined for other parts. */
function partText(part: JsonValue): string | undefined {
  return isJsonObject(part) && part.type === "text" && typeof part.text === "string" ? part.text : undefined;
}

/** The calls of a message in the wire's spelling, with arguments in the form that the template reads. */
function toolCalls(message: ChatMessage, { traits }: MessageForm): JsonValue[] {
  // Either spelling, and nothing is believed of it before it is looked at.
  const given = "toolCalls" in message ? message.toolCalls : (message as { tool_calls?: unknown }).tool_calls;
  if (!Array.isArray(given)) return [];
  return given.map((call: JsonValue) => {
    if (!isJsonObject(call))
      throw new PalaverError("ERR_INVALID_ARGUMENT", "a tool call is no object: give id, name and arguments");
    // A call of core, or one of the wire that leaves "function" out.
    const wire = isJsonObject(call.function) ? call : flatCall(call);
    const target = isJsonObject(wire.function) ? wire.function : {};
    const args = argumentsIn(target.arguments ?? {}, traits);
    return { ...wire, function: { ...target, arguments: args } };
  });
}

function flatCall({ id, name, arguments: args, ...rest }: { readonly [key: string]: JsonValue }) {
  const target = { ...(name !== undefined && { name }), ...(args !== undefined && { arguments: args }) };
  return { ...(id !== undefined && { id }), type: "function", ...rest, function: target };
}

function argumentsIn(args: JsonValue, traits: TemplateTraits): JsonValue {
  const object = typeof args === "string" ? parseObject(args) : args;
  if (object === undefined) return args;
  return traits.argumentsForm === "object" ? object : pythonJson(object);
}

/** The object that a text of JSON holds; undefined where it is something else. */
function parseObject(text: string): JsonValue | undefined {
  try {
    // What JSON.parse gives is JSON.
    const value = JSON.parse(text) as JsonValue;
    return isJsonObject(value) ? value : undefined;
  } catch {
    // Not JSON: the template gets the text as it came, as it would elsewhere.
    return undefined;
  }
}

/** A system message's content in front of a user's, as Gemma and Mistral were trained on it: a blank line between. */
function joinContents(system: Value | undefined, user: Value | undefined): Value {
  const head = partsOf(system);
  const tail = partsOf(user);
  if (user?.kind === "list") {
    const text = joined([...head, Text.of("\n\n")]);
    const part = dictOf(
      new Map<string, Value>([
        ["type", Text.of("text")],
        ["text", text],
      ]),
    );
    return listValue([part, ...user.items]);
  }
  return joined([...head, Text.of("\n\n"), ...tail]);
}

function partsOf(content: Value | undefined): Text[] {
  if (content?.kind === "text") return [content];
  if (content?.kind !== "list") return [];
  return content.items.flatMap((part) => (part.kind === "dict" ? partsOf(part.entries.get("text")?.[1]) : []));
}

function joined(texts: readonly Text[]): Text {
  const ends: number[] = [];
  let length = 0;
  for (const text of texts) {
    for (const end of text.ends) ends.push(length + end);
    length += text.length;
  }
  const text = texts.map((part) => part.text).join("");
  return new Text(
    text,
    ends,
    texts.flatMap((part) => part.origins),
  );
}
