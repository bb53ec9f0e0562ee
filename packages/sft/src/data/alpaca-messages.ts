import type { JsonObject, JsonValue } from "@palaver/core";
import { PalaverError } from "@palaver/core";

/** An Alpaca record as messages: the input stands below the instruction, earlier turns of `history` before it. @throws ERR_INVALID_ARGUMENT */
export function alpacaMessages({ instruction, input, output, system, history }: JsonObject): JsonObject[] {
  const question = [
    text("instruction", instruction),
    input === undefined || input === null ? "" : text("input", input),
  ];
  const answer = text("output", output);
  if (answer.trim() === "") throw wrong("output is empty");
  const messages: JsonObject[] = [];
  if (typeof system === "string" && system.trim() !== "") messages.push({ role: "system", content: system });
  for (const [user, assistant] of pairs(history)) {
    messages.push({ role: "user", content: user }, { role: "assistant", content: assistant });
  }
  messages.push({ role: "user", content: question.filter((part) => part !== "").join("\n") });
  messages.push({ role: "assistant", content: answer });
  return messages;
}

// --- internal ---

function wrong(reason: string): PalaverError {
  return new PalaverError("ERR_INVALID_ARGUMENT", reason);
}

function text(name: string, value: JsonValue | undefined): string {
  if (typeof value === "string") return value;
  throw wrong(`${name} is ${value === undefined ? "missing" : "no text"}`);
}

function pairs(history: JsonValue | undefined): [string, string][] {
  if (history === undefined || history === null) return [];
  if (!Array.isArray(history)) throw wrong("history is no list");
  return history.map((pair: JsonValue) => {
    if (!Array.isArray(pair)) throw wrong("history holds pairs of question and answer");
    return [text("a question of history", pair[0]), text("an answer of history", pair[1])];
  });
}
