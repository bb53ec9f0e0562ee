import type { AnswerParser, AnswerParserOptions, RenderOptions, Template } from "@palaver/core";
import type { ChatMessage, ChatTool } from "./chat-message.ts";
import type { ChatPrompt } from "./chat-prompt.ts";

export interface ChatRenderOptions extends Omit<RenderOptions, "tools"> {
  /** Tools that the model may call, in core's or the wire's spelling. Default: none. */
  readonly tools?: readonly ChatTool[];
}

/** A chat template of a model. */
export interface ChatTemplate extends Template {
  /**
   * The conversation as the model reads it. Messages and tools may have the wire's spelling, and are given to the
   * template in the form that it reads: a template without system messages gets the system's text in front of the
   * first user message, one that reads arguments as text gets JSON, one that takes no parts gets their text.
   *
   * @throws ERR_INVALID_ARGUMENT with the template's own words where it refuses the conversation; ERR_LIMIT where it
   * takes more than its limits; ERR_UNSUPPORTED where the last message cannot be continued
   */
  render(messages: readonly ChatMessage[], options?: ChatRenderOptions): ChatPrompt;
  /** Spellings of the control tokens that end an assistant's turn, found by rendering small conversations; empty where that tells none. */
  readonly endOfTurnTokens: readonly string[];
  /** As `endOfTurnTokens`, with these tools, documents and variables. */
  endOfTurnTokensWith(options: ChatRenderOptions): readonly string[];
  answerParser(options?: AnswerParserOptions): AnswerParser;
  /** The template's source; the default one where a model has several. */
  readonly source: string;
  /** True where the template marks what the model generates with `{% generation %}`. */
  readonly hasGenerationMarkers: boolean;
}
