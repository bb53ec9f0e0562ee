import type { JsonObject, Message, ToolDefinition } from "@palaver/core";

interface ItemBase {
  readonly id: string;
  readonly task: string;
}

/** A conversation that ends with a user's message, and what is right to say. */
export interface AnswerItem extends ItemBase {
  /** `closed`: the answer is exact. `outside`: it must be refused. `inside`: it must not be refused. */
  readonly group: "closed" | "outside" | "inside";
  readonly messages: readonly Message[];
  /** Exact answers; for `outside` and `inside` the best ones. */
  readonly expected: readonly string[];
  grade(answer: string): boolean;
}

/** A tool's name and arguments. */
export interface ExpectedCall {
  readonly name: string;
  readonly arguments: JsonObject;
}

/** What a model did with a question while tools were offered. */
interface ToolAnswer {
  /** The calls of its first answer. */
  readonly calls: readonly ExpectedCall[];
  /** What it said at the end: after the result, or at once where it called nothing. */
  readonly text: string;
}

/** A question while tools are offered. */
export interface ToolItem extends ItemBase {
  readonly group: "tools";
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  readonly expected: {
    /** One call, or none where no tool is needed. */
    readonly calls: readonly ExpectedCall[];
    /** What the tool gives back. */
    readonly result?: string;
    /** Exact answers. */
    readonly answers: readonly string[];
  };
  grade(answer: ToolAnswer): boolean;
}

/** Code with a hole. */
export interface FimItem extends ItemBase {
  readonly group: "fim";
  readonly prefix: string;
  readonly suffix: string;
  readonly expected: {
    readonly middle: string;
    /** An expression that is true where prefix, middle and suffix together are right. */
    readonly test: string;
  };
  /** Takes the value of the test. */
  grade(value: unknown): boolean;
}

/** One question of an exam. */
export type ExamItem = AnswerItem | ToolItem | FimItem;

/** Whether an answer says that the model does not know or cannot do something. */
export function isRefusal(answer: string): boolean {
  return /^(I don't know|I can't do|I cannot know|That is too hard)/.test(answer.trim());
}
