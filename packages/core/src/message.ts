import type { JsonObject } from "./json.ts";

/** Who speaks. A template may spell a role differently (Llama 3 writes `ipython` for `tool`). */
export type Role = "system" | "user" | "assistant" | "tool";

/** A piece of text in a message. */
export interface TextPart {
  readonly type: "text";
  readonly text: string;
}

/** A message's content: text, or parts. */
export type Content = string | readonly TextPart[];

/** The rules of the conversation; always first. */
export interface SystemMessage {
  readonly role: "system";
  readonly content: Content;
}

/** What a person says. */
export interface UserMessage {
  readonly role: "user";
  readonly content: Content;
  /** The person's name, for templates that print it. */
  readonly name?: string;
}

/** What the model says: text, reasoning before it, calls of tools. */
export interface AssistantMessage {
  readonly role: "assistant";
  readonly content: Content;
  /** What the model thought before it answered; templates decide whether it is shown again. */
  readonly reasoning?: string;
  readonly toolCalls?: readonly ToolCall[];
}

/** What a tool returned for one call. */
export interface ToolMessage {
  readonly role: "tool";
  readonly content: Content;
  /** The `id` of the call that this answers. */
  readonly toolCallId?: string;
  /** The tool's name, for templates that print it. */
  readonly name?: string;
}

/** One message of a conversation. */
export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

/** A call that the model asks for. */
export interface ToolCall {
  /** Unique in its conversation. */
  readonly id: string;
  readonly name: string;
  readonly arguments: JsonObject;
}

/** A tool that the model may call. */
export interface ToolDefinition {
  readonly name: string;
  /** What it does, for the model to read. */
  readonly description?: string;
  /** JSON Schema of the arguments object. Default: no arguments. */
  readonly parameters?: JsonObject;
}

/** The text of a content: its parts joined without a separator. */
export function contentText(content: Content): string {
  return typeof content === "string" ? content : content.map((part) => part.text).join("");
}
