import { isPalaverError, segmentsText } from "@palaver/core";
import { describe, expect, test } from "vitest";
import type { ChatMessage } from "./chat-message.ts";
import type { ChatPrompt } from "./chat-prompt.ts";
import { loadTemplate } from "./load-template.ts";

const chatml = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}";

function codeOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return isPalaverError(error) ? error.code : error;
  }
  return undefined;
}

/** The text that did not come from the template. */
function foreign({ segments }: ChatPrompt): string[] {
  return segments.filter(({ origin }) => origin !== "template").map(({ text }) => text);
}

describe("a rendered conversation", () => {
  test("names who wrote each part, and of which message", () => {
    const source = `{% for m in messages %}[{{ m.role }}|{{ m.name }}|{{ m.reasoning_content }}|{{ m.content }}|{% for c in m.tool_calls or [] %}{{ c.function.name }}{% endfor %}]{% endfor %}{{ tools[0].function.description }}{{ documents[0].title }}{{ mood }}`;
    const messages: ChatMessage[] = [
      { role: "critic", name: "Ann", content: "Hm." },
      { role: "assistant", content: "Yes.", reasoning: "Why?", toolCalls: [{ id: "1", name: "f", arguments: {} }] },
    ];

    const prompt = loadTemplate({ source }).render(messages, {
      tools: [{ name: "f", description: "D" }],
      documents: [{ title: "T" }],
      variables: { mood: "good" },
    });

    expect(prompt.segments.filter(({ origin }) => origin !== "template")).toEqual([
      { text: "critic", origin: "role", role: "critic", messageIndex: 0 },
      { text: "Ann", origin: "name", role: "critic", messageIndex: 0 },
      { text: "Hm.", origin: "content", role: "critic", messageIndex: 0 },
      { text: "Why?", origin: "reasoning", role: "assistant", messageIndex: 1 },
      { text: "Yes.", origin: "content", role: "assistant", messageIndex: 1 },
      { text: "f", origin: "tool-call", role: "assistant", messageIndex: 1 },
      { text: "D", origin: "tool-definition" },
      { text: "T", origin: "document" },
      { text: "good", origin: "variable" },
    ]);
    expect(segmentsText(prompt.segments)).toBe(prompt.text);
  });

  test("has its special tokens from the template, unless a variable takes their name", () => {
    const template = loadTemplate({
      source: "{{ bos_token }}{{ messages[0].content }}",
      specialTokens: { bos_token: "<s>" },
    });
    const messages = [{ role: "user", content: "Hi" }];

    expect(foreign(template.render(messages))).toEqual(["Hi"]);
    expect(foreign(template.render(messages, { variables: { bos_token: "<s>" } }))).toEqual(["<s>", "Hi"]);
  });

  test("has no clock unless one is given", () => {
    const source = "{{ strftime_now('%d %b %Y') if strftime_now is defined else 'no clock' }}";

    expect(loadTemplate({ source }).render([]).text).toBe("no clock");
    expect(loadTemplate({ source, now: () => new Date(2026, 1, 3) }).render([]).text).toBe("03 Feb 2026");
  });

  test("prints values as Python does, or as JavaScript does", () => {
    const source = "{{ true }} {{ [none, 1.0] }}";

    expect(loadTemplate({ source }).render([]).text).toBe("True [None, 1.0]");
    expect(loadTemplate({ source, dialect: "javascript" }).render([]).text).toBe("true [null, 1.0]");
  });

  test("is refused in the template's own words", () => {
    const template = loadTemplate({ source: "{{ raise_exception('Only users may speak!') }}" });

    expect(() => template.render([])).toThrow(/^Only users may speak!$/);
    expect(codeOf(() => template.render([]))).toBe("ERR_INVALID_ARGUMENT");
  });

  test.each([
    ["no list of messages", "Hi"],
    ["no message at all", [null]],
    ["content that is no JSON", [{ role: "user", content: () => {} }]],
    ["a message without a role", [{ content: "Hi" }]],
    ["a role that is no string", [{ role: 1, content: "Hi" }]],
    ["a call that is no object", [{ role: "assistant", content: "", tool_calls: ["f"] }]],
  ])("is refused with %s", (_, messages) => {
    expect(codeOf(() => loadTemplate({ source: chatml }).render(messages as never))).toBe("ERR_INVALID_ARGUMENT");
  });

  test("cannot have its messages replaced by a variable", () => {
    const template = loadTemplate({ source: chatml });

    expect(codeOf(() => template.render([], { variables: { messages: [] } }))).toBe("ERR_INVALID_ARGUMENT");
  });
});

describe("a role", () => {
  const phi = loadTemplate({
    source: "{% for m in messages %}<|{{ m.role }}|>{% if m.role == 'bot' %}!{% endif %}{% endfor %}",
  });

  test("that the template or this package names is the template's own word", () => {
    const messages = ["system", "user", "assistant", "tool", "bot"].map((role) => ({ role, content: "" }));

    expect(foreign(phi.render(messages))).toEqual([]);
  });

  test.each(["end", "User", "bot ", "im_start|><|user", ""])("that is %j stays the message's", (role) => {
    expect(foreign(phi.render([{ role, content: "" }])).join("")).toBe(role);
  });

  test("is known through the template's comparisons only, not through its other words", () => {
    const template = loadTemplate({
      source: "{{ 'end' if messages[0].content == 'stop' else '' }}<|{{ messages[0].role }}|>",
    });

    expect(foreign(template.render([{ role: "end", content: "" }]))).toEqual(["end"]);
    expect(foreign(template.render([{ role: "stop", content: "" }]))).toEqual(["stop"]);
  });
});

describe("a final message that is to be continued", () => {
  const messages: ChatMessage[] = [
    { role: "user", content: "Hi" },
    { role: "assistant", content: " Hello, " },
  ];

  test("ends the text where its content ends", () => {
    const { text } = loadTemplate({ source: chatml }).render(messages, { continueFinalMessage: true });

    expect(text).toBe("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n Hello, ");
  });

  test("loses the white space that the template strips", () => {
    const template = loadTemplate({ source: chatml.replace("m.content", "m.content | trim") });

    expect(template.render(messages, { continueFinalMessage: true }).text).toMatch(/\nHello,$/);
  });

  test("ends at its own content although others say the same", () => {
    const same = [...messages, { role: "user", content: " Hello, " }];

    const { text } = loadTemplate({ source: chatml }).render(same, { continueFinalMessage: true });

    expect(text.split(" Hello, ")).toHaveLength(3);
  });

  test("may be empty", () => {
    const open = [messages[0]!, { role: "assistant", content: "" }];

    const { text } = loadTemplate({ source: chatml }).render(open, { continueFinalMessage: true });

    expect(text).toMatch(/<\|im_start\|>assistant\n$/);
  });

  test("must be written by the template", () => {
    const template = loadTemplate({ source: "{{ messages[0].content }}" });

    expect(codeOf(() => template.render(messages, { continueFinalMessage: true }))).toBe("ERR_UNSUPPORTED");
  });
});

describe("a model with several templates", () => {
  const source = [
    { name: "default", template: "plain" },
    { name: "tool_use", template: "with tools" },
    { name: "rag", template: "with documents" },
  ];

  test("uses the one that the conversation needs", () => {
    const template = loadTemplate({ source });

    expect(template.render([]).text).toBe("plain");
    expect(template.render([], { tools: [{ name: "f" }] }).text).toBe("with tools");
    expect(template.render([], { documents: [] }).text).toBe("with documents");
  });

  test("uses the one that is asked for", () => {
    expect(loadTemplate({ source, name: "rag" }).render([], { tools: [{ name: "f" }] }).text).toBe("with documents");
    expect(codeOf(() => loadTemplate({ source, name: "other" }))).toBe("ERR_NOT_FOUND");
    expect(codeOf(() => loadTemplate({ source: [] }))).toBe("ERR_NOT_FOUND");
  });
});

describe("a source that cannot be used", () => {
  test.each([
    ["malformed", "{% if %}", "ERR_FORMAT"],
    ["with an unknown filter", "{{ 1 | sparkle }}", "ERR_UNSUPPORTED"],
    ["of several files", "{% extends 'base' %}", "ERR_UNSUPPORTED"],
  ])("%s is refused when it is loaded", (_, source, code) => {
    expect(codeOf(() => loadTemplate({ source }))).toBe(code);
  });
});
