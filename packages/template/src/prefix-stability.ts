import { isPalaverError } from "@palaver/core";
import type { ChatMessage } from "./chat-message.ts";
import type { ChatRenderOptions, ChatTemplate } from "./chat-template.ts";
import { sharedPrefixLength } from "./mask/shared-prefix.ts";

/** A place where a longer conversation is not written as a continuation of the shorter one. */
export interface PrefixBreak {
  /** How many messages the shorter conversation has. */
  readonly messageCount: number;
  /** `messages`: the shorter conversation itself is written otherwise. `generation-prompt`: only what the model was given after it. */
  readonly what: "messages" | "generation-prompt";
  /** Where the two texts part, in UTF-16 units. */
  readonly at: number;
  /** What the shorter one has there, and what the longer one has; at most 40 characters. */
  readonly shorter: string;
  readonly longer: string;
}

export interface PrefixStability {
  /** True where every shorter conversation that the template takes is a prefix of the longer ones. */
  readonly isStable: boolean;
  readonly breaks: readonly PrefixBreak[];
}

/**
 * Whether a template writes a conversation of n messages as the beginning of one of n + 1: what caches of prefixes and
 * training over several turns rely on. Conversations that the template refuses are left out.
 *
 * @throws ERR_LIMIT, ERR_UNSUPPORTED as `render` does
 */
export function prefixStability(
  template: ChatTemplate,
  messages: readonly ChatMessage[],
  options: Omit<ChatRenderOptions, "addGenerationPrompt" | "continueFinalMessage"> = {},
): PrefixStability {
  const breaks: PrefixBreak[] = [];
  const text = (messageCount: number, addGenerationPrompt: boolean): string | undefined =>
    textOf(template, messages.slice(0, messageCount), { ...options, addGenerationPrompt });
  for (let messageCount = 1; messageCount < messages.length; messageCount++) {
    const longer = text(messageCount + 1, false);
    if (longer === undefined) continue;
    const isAnswered = messages[messageCount]!.role === "assistant";
    for (const what of isAnswered ? (["messages", "generation-prompt"] as const) : (["messages"] as const)) {
      const shorter = text(messageCount, what === "generation-prompt");
      if (shorter === undefined || longer.startsWith(shorter)) continue;
      const at = sharedPrefixLength(shorter, longer);
      breaks.push({ messageCount, what, at, shorter: excerpt(shorter, at), longer: excerpt(longer, at) });
      // Where the messages part, the generation prompt after them does so anyway.
      break;
    }
  }
  return { isStable: breaks.length === 0, breaks };
}

// --- internal ---

function textOf(
  template: ChatTemplate,
  messages: readonly ChatMessage[],
  options: ChatRenderOptions,
): string | undefined {
  try {
    return template.render(messages, options).text;
  } catch (error) {
    if (isPalaverError(error, "ERR_INVALID_ARGUMENT")) return undefined;
    throw error;
  }
}

function excerpt(text: string, at: number): string {
  return text.slice(at, at + 40);
}
