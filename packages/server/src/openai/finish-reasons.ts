import type { FinishReason } from "@palaver/core";

/** Why an answer ended, in OpenAI's words. Whoever aborted is not there to read the last one. */
export const finishReasons = {
  stop: "stop",
  length: "length",
  "tool-calls": "tool_calls",
  aborted: "stop",
} as const satisfies Record<FinishReason, string>;
