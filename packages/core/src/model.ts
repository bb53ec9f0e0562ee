import type { Decoder } from "./decoder.ts";
import type { Template } from "./template.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** Everything that answering needs, put together by an app. */
export interface Model {
  /** What people call it. */
  readonly name: string;
  readonly decoder: Decoder;
  readonly tokenizer: Tokenizer;
  /** Absent for a base model: it can only continue text. */
  readonly template: Template | undefined;
  /** Ids that end an answer: end of turn, end of text. */
  readonly stopIds: readonly number[];
  /** Closes the decoder and whatever was opened for it. */
  close(): Promise<void>;
}
