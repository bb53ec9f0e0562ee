import type { Message, ToolDefinition } from "@palaver/core";

/** A conversation to learn from. */
export interface DialogueExample {
  readonly type: "dialogue";
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  /** `(messages,)`: false for a message of the assistant's that is only read. */
  readonly train: readonly boolean[];
}

/** A text and what should follow it, outside of any conversation. */
export interface CompletionExample {
  readonly type: "completion";
  readonly prompt: string;
  readonly completion: string;
}

/** A text to learn as a whole. */
export interface TextExample {
  readonly type: "text";
  readonly text: string;
}

/** A file of code, for filling in the middle. */
export interface CodeExample {
  readonly type: "code";
  readonly text: string;
  readonly path?: string;
  readonly language?: string;
}

/** One thing to learn from. */
export type Example = DialogueExample | CompletionExample | TextExample | CodeExample;

/** Whether an example longer than a row may be cut into rows: text goes on anywhere, an answer must stay whole. */
export function isCuttable({ type }: Example): boolean {
  return type === "text" || type === "code";
}
