import type { Tokenizer, ToolCall } from "@palaver/core";
import { logprobBody } from "../logprob-body.ts";
import type { LineForm } from "./answer-lines.ts";

/** `/api/generate`: the text is in `response`. */
export function generateForm(tokenizer?: Tokenizer): LineForm {
  return {
    piece: ({ content, thinking }) => ({ response: content, ...(thinking !== undefined && { thinking }) }),
    logprobs: logprobsWith(tokenizer),
  };
}

/** `/api/chat`: the text is in a message. */
export function chatForm(tokenizer?: Tokenizer): LineForm {
  return {
    piece: ({ content, thinking, calls }, firstCallIndex) => ({
      message: {
        role: "assistant",
        content,
        ...(thinking !== undefined && { thinking }),
        ...(calls !== undefined && { tool_calls: calls.map((call, i) => callBody(call, firstCallIndex + i)) }),
      },
    }),
    logprobs: logprobsWith(tokenizer),
  };
}

// --- internal ---

/** Ollama's arguments are an object, not a string. */
function callBody({ id, name, arguments: values }: ToolCall, index: number): object {
  return { id, function: { index, name, arguments: values } };
}

function logprobsWith(tokenizer: Tokenizer | undefined): LineForm["logprobs"] {
  return (tokens) => {
    if (tokenizer === undefined || tokens.length === 0) return {};
    return { logprobs: tokens.map((token) => logprobBody(token, tokenizer)) };
  };
}
