import type { JsonObject, JsonValue } from "./json.ts";
import type { Message, ToolDefinition } from "./message.ts";
import type { TextSegment } from "./segment.ts";

export interface RenderOptions {
  /** Tools that the model may call. Default: none. */
  readonly tools?: readonly ToolDefinition[];
  /** Documents for templates that cite them. Default: none. */
  readonly documents?: readonly JsonObject[];
  /** Ends with the assistant's header, so that the model answers. Default: false. */
  readonly addGenerationPrompt?: boolean;
  /** Leaves the last message open, so that the model goes on with it. Default: false. */
  readonly continueFinalMessage?: boolean;
  /** Values that the template reads by name (`enable_thinking` and the like). Default: none. */
  readonly variables?: Readonly<Record<string, JsonValue>>;
}

/** A conversation as the model reads it. */
export interface RenderedPrompt {
  readonly text: string;
  /** The text in runs of one origin; joined, they are `text`. */
  readonly segments: readonly TextSegment[];
}

/** What an answer turned out to be, piece by piece. */
export type AnswerEvent =
  | { readonly type: "text-delta"; readonly text: string }
  | { readonly type: "reasoning-delta"; readonly text: string }
  | { readonly type: "tool-call"; readonly id: string; readonly name: string; readonly arguments: JsonObject }
  /** Looked like a call and is none; `raw` is the text as the model wrote it. */
  | { readonly type: "tool-call-error"; readonly raw: string; readonly reason: string };

/** A decoded token of an answer. */
export interface AnswerPiece {
  /** What it adds to the text. With a control token: nothing, its spelling, or text before it that the stream decoder still held. */
  readonly text: string;
  /** The token's spelling, where it is a control token: a parser trusts markers, not look-alikes. */
  readonly control?: string;
}

export interface AnswerParserOptions {
  /** The tools that were offered; without any, nothing is a call. Default: none. */
  readonly tools?: readonly ToolDefinition[];
  /** The prompt that the answer goes on from: where its end has opened the reasoning, the answer begins inside it. Default: nothing is open. */
  readonly prompt?: RenderedPrompt;
  /**
   * True where the vocabulary holds this spelling as a control token: then only the token is that marker, and text
   * that spells it is text. Default: what the format's published vocabularies say.
   */
  readonly isControl?: (spelling: string) => boolean;
  /** How many calls the conversation holds already, so that the ids given to calls stay unique in it. Default: 0. */
  readonly firstCallIndex?: number;
}

/** Reads an answer as it is generated. */
export interface AnswerParser {
  push(piece: AnswerPiece): AnswerEvent[];
  /** The answer is over; gives what was held back. */
  end(): AnswerEvent[];
}

/** A model family's way to write a conversation down. */
export interface Template {
  render(messages: readonly Message[], options?: RenderOptions): RenderedPrompt;
  /** Spellings of the control tokens that end an assistant's turn in this template, as far as it tells. */
  readonly endOfTurnTokens: readonly string[];
  /** A parser for one answer. */
  answerParser(options?: AnswerParserOptions): AnswerParser;
}
