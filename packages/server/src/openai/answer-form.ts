import type { Tokenizer } from "@palaver/core";
import type { AnswerPart } from "../answer-parts.ts";

/** What every chunk of one answer repeats. */
interface AnswerFacts {
  /** The same in all chunks of one answer. */
  readonly id: string;
  /** Seconds since 1970, likewise. */
  readonly created: number;
  /** The model's name as it was asked for. */
  readonly model: string;
}

interface FormOptions {
  /** Spells the tokens that parts hold. */
  readonly tokenizer: Tokenizer;
  /** Streamed: adds a last chunk with the tokens counted. */
  readonly includeUsage: boolean;
}

/** How one of the routes writes an answer down. */
export interface AnswerForm {
  /** Streamed: server-sent events. */
  chunks(parts: AsyncIterable<AnswerPart>, facts: AnswerFacts, options: FormOptions): AsyncGenerator<string>;
  /** Not streamed: one object. */
  whole(parts: AsyncIterable<AnswerPart>, facts: AnswerFacts, options: FormOptions): Promise<object>;
}
