import fc from "fast-check";
import { expect, test } from "vitest";
import { isPalaverError } from "./error.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { Message } from "./message.ts";
import { parseMessages } from "./parse-messages.ts";

const one = (message: unknown): Message | undefined => parseMessages([message])[0];

test("OpenAI spellings become core messages", () => {
  const parsed = parseMessages([
    { role: "developer", content: "Be brief." },
    {
      role: "user",
      content: [
        { type: "text", text: "Weather " },
        { type: "input_text", text: "in Oslo?" },
      ],
      name: "Kari",
    },
    {
      role: "assistant",
      content: null,
      refusal: null,
      reasoning_content: "I need the tool.",
      tool_calls: [{ id: "c1", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } }],
    },
    { role: "tool", tool_call_id: "c1", content: "4 degrees" },
  ]);

  expect(parsed).toEqual([
    { role: "system", content: "Be brief." },
    {
      role: "user",
      content: [
        { type: "text", text: "Weather " },
        { type: "text", text: "in Oslo?" },
      ],
      name: "Kari",
    },
    {
      role: "assistant",
      content: "",
      reasoning: "I need the tool.",
      toolCalls: [{ id: "c1", name: "weather", arguments: { city: "Oslo" } }],
    },
    { role: "tool", content: "4 degrees", toolCallId: "c1" },
  ]);
});

test("Ollama spellings become core messages", () => {
  const parsed = parseMessages([
    { role: "user", content: "Weather?", images: null },
    {
      role: "assistant",
      content: "",
      thinking: "Hm.",
      tool_calls: [{ function: { index: 0, name: "weather", arguments: { city: "Oslo" } } }],
    },
    { role: "tool", tool_name: "weather", content: "4 degrees" },
  ]);

  expect(parsed.slice(1)).toEqual([
    {
      role: "assistant",
      content: "",
      reasoning: "Hm.",
      toolCalls: [{ id: "call_0", name: "weather", arguments: { city: "Oslo" } }],
    },
    { role: "tool", content: "4 degrees", name: "weather" },
  ]);
});

test("calls without an id get one that no other call has", () => {
  const call = (id?: string) => ({ ...(id !== undefined && { id }), function: { name: "f", arguments: "" } });

  const parsed = parseMessages([
    { role: "assistant", tool_calls: [call(), call("call_1"), call()] },
    { role: "assistant", tool_calls: [call("call_0")] },
  ]);

  const ids = parsed.flatMap((message) => (message.role === "assistant" ? (message.toolCalls ?? []) : []));
  expect(ids.map(({ id }) => id)).toEqual(["call_2", "call_1", "call_3", "call_0"]);
});

test.each([
  ["not a list", { messages: [] }, "messages must be a list"],
  ["no object", [null], "messages[0] must be an object, got null"],
  ["no role", [{ content: "x" }], "messages[0].role must be a string"],
  ["a role from the prototype", [{ role: "constructor", content: "x" }], "messages[0].role must be one of"],
  ["no content", [{ role: "user" }], "messages[0].content must be a string or a list of parts, got undefined"],
  ["a number as content", [{ role: "user", content: 1 }], "messages[0].content must be"],
  ["a picture", [{ role: "user", content: [{ type: "image_url" }] }], "messages[0].content[0].type must be"],
  ["Ollama's pictures", [{ role: "user", content: "x", images: ["aGk="] }], "messages[0].images must be empty"],
  ["a part without text", [{ role: "user", content: [{ type: "text" }] }], "messages[0].content[0].text must be"],
  ["broken arguments", [withArguments("{")], "messages[0].tool_calls[0].function.arguments must be the JSON text"],
  [
    "arguments that are a list",
    [withArguments("[]")],
    "messages[0].tool_calls[0].function.arguments must be an object",
  ],
  ["arguments too deep", [withArguments(`{"a":${"[".repeat(70)}${"]".repeat(70)}}`)], "at most 64 levels"],
  ["arguments of a million levels", [withArguments(`{"a":${"[".repeat(1e6)}${"]".repeat(1e6)}}`)], "at most 64 levels"],
  ["arguments with a function", [withArguments({ f: () => 1 })], "made of JSON values, got a function"],
  ["a call without a name", [{ role: "assistant", tool_calls: [{ function: {} }] }], "tool_calls[0].function.name"],
  ["calls that are no list", [{ role: "assistant", tool_calls: {} }], "messages[0].tool_calls must be a list"],
  ["a null call", [{ role: "assistant", tool_calls: [null] }], "messages[0].tool_calls[0] must be an object"],
])("%s is refused with its path", (_, messages, part) => {
  expect(() => parseMessages(messages)).toThrow(part);
});

test("a refusal names long texts by their length and keeps them out of its message", () => {
  const content = [{ type: "x".repeat(1_000_000), text: "" }];

  expect(() => one({ role: "user", content })).toThrow("got text of 1000000 characters");
});

test("a prototype smuggled into arguments stays an ordinary key", () => {
  const message = one(withArguments('{"__proto__": {"admin": true}}'));

  const given = message?.role === "assistant" ? message.toolCalls?.[0]?.arguments : undefined;
  expect(Object.keys(given ?? {})).toEqual(["__proto__"]);
  expect((given as JsonObject).admin).toBeUndefined();
});

test("messages survive JSON and parsing unchanged", () => {
  fc.assert(
    fc.property(fc.array(anyMessage()), (messages) => {
      expect(parseMessages(JSON.parse(JSON.stringify(messages)))).toEqual(messages);
    }),
  );
});

test("any JSON value gives messages or ERR_INVALID_ARGUMENT with a path", () => {
  const likely = fc.dictionary(
    fc.constantFrom("role", "content", "tool_calls", "images", "name", "thinking"),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.array(likely)), (value) => {
      try {
        parseMessages(value);
      } catch (error) {
        expect(isPalaverError(error, "ERR_INVALID_ARGUMENT") && error.details.path).toMatch(/^messages/);
      }
    }),
  );
});

// --- internal ---

function withArguments(given: unknown): unknown {
  return { role: "assistant", tool_calls: [{ function: { name: "f", arguments: given } }] };
}

function anyMessage(): fc.Arbitrary<Message> {
  const text = fc.string({ unit: "grapheme" });
  const content = fc.oneof(text, fc.array(fc.record({ type: fc.constant("text" as const), text })));
  const given = fc.dictionary(text, fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>, {
    noNullPrototype: true,
  });
  const id = text.filter((value) => value !== "");
  const json = given.map((value) => JSON.parse(JSON.stringify(value)) as JsonObject); // JSON has no negative zero
  const call = fc.record({ id, name: text, arguments: json });
  return fc.oneof(
    fc.record({ role: fc.constant("system" as const), content }),
    fc.record({ role: fc.constant("user" as const), content, name: text }, { requiredKeys: ["role", "content"] }),
    fc.record(
      {
        role: fc.constant("assistant" as const),
        content,
        reasoning: text,
        toolCalls: fc.array(call, { minLength: 1 }),
      },
      { requiredKeys: ["role", "content"] },
    ),
    fc.record(
      { role: fc.constant("tool" as const), content, toolCallId: text, name: text },
      { requiredKeys: ["role", "content"] },
    ),
  );
}
