import { isPalaverError } from "@palaver/core";
import type { ChatMessage } from "../chat-message.ts";
import type { ChatPrompt, OriginRange } from "../chat-prompt.ts";
import type { ChatRenderOptions, ChatTemplate } from "../chat-template.ts";

/** A conversation whose turns are looked for in its prompt. */
export interface Conversation {
  readonly template: ChatTemplate;
  readonly messages: readonly ChatMessage[];
  readonly options: ChatRenderOptions;
  readonly prompt: ChatPrompt;
}

/** Messages as the conversation's template writes them; undefined where it refuses them. */
export function render(
  { template, options }: Conversation,
  messages: readonly ChatMessage[],
  addGenerationPrompt: boolean,
): ChatPrompt | undefined {
  return tryRender(template, messages, { ...options, addGenerationPrompt, continueFinalMessage: false });
}

/** What the template writes behind the last of these messages; undefined where it refuses them. */
export function tailOf(
  conversation: Conversation,
  messages: readonly ChatMessage[],
  addGenerationPrompt: boolean,
): string | undefined {
  const prompt = render(conversation, messages, addGenerationPrompt);
  return prompt?.text.slice(lastEnd(prompt.ranges));
}

/** The end of the last of these ranges; 0 without any. */
export function lastEnd(ranges: readonly OriginRange[]): number {
  return ranges.reduce((end, range) => Math.max(end, range.end), 0);
}

// --- internal ---

/** The template's rendering, or undefined where it refuses; limits and other failures stay errors. */
function tryRender(
  template: ChatTemplate,
  messages: readonly ChatMessage[],
  options: ChatRenderOptions,
): ChatPrompt | undefined {
  try {
    return template.render(messages, options);
  } catch (error) {
    if (isPalaverError(error, "ERR_INVALID_ARGUMENT")) return undefined;
    throw error;
  }
}
