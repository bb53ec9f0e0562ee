import { wholeAnswer } from "../answer-parts.ts";
import type { AnswerForm } from "./answer-form.ts";
import { finishReasons } from "./finish-reasons.ts";
import { sse, sseDone } from "./sse.ts";
import { usageBody } from "./usage-body.ts";

/** `/v1/completions`; raw text has neither reasoning nor calls. */
export const completionAnswer: AnswerForm = {
  async *chunks(parts, facts, { includeUsage }) {
    const head = { ...facts, object: "text_completion" };
    const noUsage = includeUsage ? { usage: null } : {};
    for await (const part of parts) {
      if (part.type === "text") yield sse({ ...head, choices: [choice(part.text, null)], ...noUsage });
      if (part.type !== "end") continue;
      yield sse({ ...head, choices: [choice("", finishReasons[part.reason])], ...noUsage });
      if (includeUsage) yield sse({ ...head, choices: [], usage: usageBody(part.usage) });
    }
    yield sseDone;
  },

  async whole(parts, facts) {
    const { text, end } = await wholeAnswer(parts);
    const choices = [choice(text, finishReasons[end.reason])];
    return { ...facts, object: "text_completion", choices, usage: usageBody(end.usage) };
  },
};

// --- internal ---

function choice(text: string, finishReason: string | null): object {
  return { index: 0, text, logprobs: null, finish_reason: finishReason };
}
