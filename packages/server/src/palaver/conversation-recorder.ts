import type { Model, SessionEvent } from "@palaver/core";
import { conversationOf } from "../answer-events.ts";
import type { AnswerRequest } from "../answer-request.ts";
import type { ConversationLog } from "./conversation-log.ts";
import { recordAnswer } from "./record-answer.ts";

/** The response header that names the conversation. */
const CONVERSATION_HEADER = "x-palaver-conversation";

export interface ConversationRecorderOptions {
  /** Default: nothing is kept. */
  readonly log?: ConversationLog | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Told what could not be kept; the answer goes on. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** An answer whose conversation will be kept, and the headers that say so. */
export interface RecordedAnswer {
  readonly events: AsyncGenerator<SessionEvent>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Keeps the conversations that pass through it. */
export function createConversationRecorder({ log, now, random, onError = () => {} }: ConversationRecorderOptions) {
  /** Text that is only continued, without roles, is no conversation: it passes through. */
  return (model: Model, { prompt }: AnswerRequest, events: AsyncGenerator<SessionEvent>): RecordedAnswer => {
    if (log === undefined || prompt.type === "raw" || model.template === undefined) return { events, headers: {} };
    const { messages, tools } = conversationOf(prompt);
    const id = newId(now(), random);
    const recorded = recordAnswer(events, messages, async (conversation) => {
      const time = new Date(now()).toISOString();
      await log.append({ id, time, model: model.name, messages: conversation, tools }).catch(onError);
    });
    return { events: recorded, headers: { [CONVERSATION_HEADER]: id } };
  };
}

// --- internal ---

/** The time and 62 bits of chance: nobody meets another's id, nor guesses one. */
function newId(now: number, random: () => number): string {
  const word = () => Math.floor(random() * 2 ** 31).toString(36);
  return `conv-${Math.floor(now).toString(36)}-${word()}-${word()}`;
}
