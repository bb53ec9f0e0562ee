import type { Message, ToolDefinition } from "@palaver/core";
import type { FilledHole } from "@palaver/sft";

/** A dialogue to learn from. */
export interface LessonDialogue {
  /** What it teaches. */
  readonly task?: string | undefined;
  readonly messages: readonly Message[];
  readonly tools?: readonly ToolDefinition[] | undefined;
}

/** Gives lessons one after the other; what it gives follows from the seed that it was opened with. */
export interface Lessons {
  text(): string;
  dialogue(): LessonDialogue;
  fim(): FilledHole;
}

/** Opens lessons by a seed. */
export type OpenLessons = (seed: number) => Lessons;
