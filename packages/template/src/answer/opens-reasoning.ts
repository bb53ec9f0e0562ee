import type { RenderedPrompt } from "@palaver/core";
import type { AnswerFormat } from "./answer-format.ts";
import { reasoningFormats } from "./reasoning-format.ts";

/**
 * True where a prompt ends inside the reasoning: the template has opened it for the model (DeepSeek R1), or the last
 * message is to be continued there. Only what the template wrote can open it.
 */
export function opensReasoning({ reasoning }: AnswerFormat, { segments }: RenderedPrompt): boolean {
  if (reasoning === undefined) return false;
  const last = segments.findLast(({ origin, text }) => origin !== "reasoning" && text.trim() !== "");
  return last?.origin === "template" && last.text.trimEnd().endsWith(reasoningFormats[reasoning].open);
}
