import type { JsonObject, JsonValue, Message, ToolDefinition } from "@palaver/core";

/** A call as the wire and Hugging Face templates spell it. */
export interface WireToolCall {
  readonly id?: string;
  readonly type?: string;
  readonly function: {
    readonly name: string;
    /** An object, or its JSON text. */
    readonly arguments: JsonObject | string;
  };
}

/** A message as OpenAI's dialect and Hugging Face's data sets spell it. Keys beyond these reach the template as they are. */
export interface WireMessage {
  /** Any role that the template knows. */
  readonly role: string;
  /** Text, parts with a `type` each, or null beside calls. */
  readonly content?: string | readonly JsonObject[] | null;
  readonly name?: string | null;
  readonly tool_calls?: readonly WireToolCall[] | null;
  readonly tool_call_id?: string | null;
  readonly reasoning_content?: string | null;
  readonly thinking?: string | null;
  readonly [key: string]: unknown;
}

/** What `render` takes: messages of core, or wire-shaped ones. */
export type ChatMessage = Message | WireMessage;

/** A tool as the wire spells it. */
export interface WireTool {
  readonly type: string;
  readonly function?: { readonly name: string; readonly description?: string; readonly parameters?: JsonObject };
  readonly [key: string]: JsonValue | undefined;
}

/** What `tools` takes: definitions of core, or wire-shaped ones. */
export type ChatTool = ToolDefinition | WireTool;
