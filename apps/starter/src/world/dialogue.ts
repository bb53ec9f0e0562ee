import type { Message, ToolDefinition } from "@palaver/core";

/** A dialogue of the world. */
export interface Dialogue {
  /** What it trains; several exchanges in a row are `mixed`. */
  readonly task: string;
  readonly messages: readonly Message[];
  /** The tools that are offered, where there are some. */
  readonly tools?: readonly ToolDefinition[];
}

/** Code with a hole, and what was in it. */
export interface Fim {
  readonly task: string;
  readonly prefix: string;
  readonly middle: string;
  readonly suffix: string;
}

/** A user's message and the answer to it. */
export function turn(ask: string, answer: string): readonly Message[] {
  return [
    { role: "user", content: ask },
    { role: "assistant", content: answer },
  ];
}

/** The longest dialogue, in characters; about 350 tokens, so that it fits into the model's context with a new answer. */
export const longestDialogue = 1200;

/** Characters that the model reads of a dialogue, without its headers. */
export function lengthOf({ messages, tools = [] }: Pick<Dialogue, "messages" | "tools">): number {
  return (
    JSON.stringify(messages.map((message) => [message.content, "toolCalls" in message ? message.toolCalls : ""]))
      .length +
    JSON.stringify(tools).length * 0.8
  );
}
