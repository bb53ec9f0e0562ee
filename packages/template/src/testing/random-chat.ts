import fc from "fast-check";
import type { WireMessage, WireTool } from "../chat-message.ts";

/** A conversation with everything that a caller decides. */
export interface RandomChat {
  readonly messages: readonly WireMessage[];
  readonly tools: readonly WireTool[];
  readonly documents: readonly { readonly title: string; readonly text: string }[];
  readonly variables: Readonly<Record<string, string>>;
}

/** Conversations in an order that templates take, all of whose strings come from `text`, and unknown roles from `role`. */
export function randomChat(text: fc.Arbitrary<string>, role?: fc.Arbitrary<string>): fc.Arbitrary<RandomChat> {
  const args = fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text, { maxLength: 2 })), {
    maxKeys: 3,
  });
  const tool = fc.record({ name: text, description: text, property: text, hint: text }).map(
    ({ name, description, property, hint }): WireTool => ({
      type: "function",
      function: {
        name,
        description,
        parameters: { type: "object", properties: { [property]: { type: "string", description: hint } } },
      },
    }),
  );
  const content = fc.oneof(
    { weight: 4, arbitrary: text },
    fc.array(text, { minLength: 1, maxLength: 3 }).map((texts) => texts.map((part) => ({ type: "text", text: part }))),
  );
  const user = content.map((said): WireMessage[] => [{ role: "user", content: said }]);
  const answer = text.map((said): WireMessage[] => [{ role: "assistant", content: said }]);
  const call = fc.record({ name: text, args, result: text }).map(({ name, args: given, result }): WireMessage[] => [
    // Mistral's templates want ids of nine characters.
    {
      role: "assistant",
      content: "",
      tool_calls: [{ id: "abcdefgh1", type: "function", function: { name, arguments: given } }],
    },
    { role: "tool", content: result, tool_call_id: "abcdefgh1", name },
  ]);
  const reply = fc.oneof(
    { weight: 3, arbitrary: answer },
    fc.tuple(call, answer).map((parts) => parts.flat()),
  );
  const system = fc.option(
    text.map((said): WireMessage[] => [{ role: "system", content: said }]),
    { nil: [] },
  );
  const stranger = role
    ? fc.option(
        fc.tuple(role, text).map(([who, said]): WireMessage[] => [{ role: who, content: said }]),
        { nil: [], freq: 5 },
      )
    : fc.constant<WireMessage[]>([]);
  const turns = fc.array(
    fc.tuple(user, reply).map((parts) => parts.flat()),
    { maxLength: 3 },
  );
  const messages = fc
    .tuple(system, turns, user, stranger)
    .map(([first, middle, last, other]) => [...first, ...middle.flat(), ...last, ...other]);
  return fc.record({
    messages,
    tools: fc.array(tool, { maxLength: 2 }),
    documents: fc.array(fc.record({ title: text, text }), { maxLength: 1 }),
    variables: fc.record({ date_string: text, functions: text, datetime: text }),
  });
}

/** Words, numbers, punctuation, code and other scripts: nothing that spells a control token. */
export const benignText: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      "Hello",
      " world",
      ",",
      ". ",
      "\n",
      "\n\n",
      "42",
      " 3.14",
      "it's",
      ' "so" ',
      "(x + y)",
      "{'a': 1}",
      "😀",
      "été",
      "東京",
      "кот",
      "\t",
      "def f():\n    return 1",
      "a < b",
      "b > a",
      "|",
      "x|y",
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(""))
  .filter((text) => text.trim() !== "");
