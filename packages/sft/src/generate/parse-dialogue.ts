import { contentText, type Message, PalaverError, parseMessages } from "@palaver/core";

/** What a model is asked to write ends long before; more is a loop. */
const MAX_CHARACTERS = 100_000;

/**
 * A dialogue that a model wrote as JSON: `{ "messages": [{ role, content }] }` or the list itself, alone or in a code fence.
 * User and assistant take turns, the assistant has the last word, and nobody says nothing.
 * @throws ERR_INVALID_ARGUMENT saying what is wrong with it
 */
export function parseDialogue(answer: string): Message[] {
  if (answer.length > MAX_CHARACTERS) throw wrong(`it is longer than ${MAX_CHARACTERS} characters`);
  const text = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/.exec(answer)?.[1] ?? answer;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", "it is no JSON", { cause });
  }
  const list = Array.isArray(value) ? value : (value as { messages?: unknown } | null)?.messages;
  const messages = parseMessages(list);
  const turns = messages[0]?.role === "system" ? messages.slice(1) : messages;
  if (turns.length < 2 || turns.at(-1)?.role !== "assistant") throw wrong("the assistant does not have the last word");
  for (const [index, { role, content }] of turns.entries()) {
    const expected = index % 2 === 0 ? "user" : "assistant";
    if (role !== expected) throw wrong(`turn ${index + 1} is the ${role}'s and should be the ${expected}'s`);
    if (contentText(content).trim() === "") throw wrong(`turn ${index + 1} is empty`);
  }
  return messages;
}

// --- internal ---

function wrong(reason: string): PalaverError {
  return new PalaverError("ERR_INVALID_ARGUMENT", reason);
}
