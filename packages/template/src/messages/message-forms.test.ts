import { describe, expect, test } from "vitest";
import type { ChatMessage } from "../chat-message.ts";
import { loadTemplate } from "../load-template.ts";

const call = { id: "1", name: "f", arguments: { city: "Rome", n: 2 } };

function render(source: string, messages: readonly ChatMessage[], options = {}): string {
  return loadTemplate({ source }).render(messages, options).text;
}

describe("a system message", () => {
  const user = { role: "user", content: "Hi" };
  const system = { role: "system", content: "Be brief." };
  const loop = "{% for m in messages %}[{{ m.role }}: {{ m.content }}]{% endfor %}";

  test("is the template's where it takes one", () => {
    expect(render(loop, [system, user])).toBe("[system: Be brief.][user: Hi]");
  });

  test.each([
    ["refused", `{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}${loop}`],
    ["dropped", "{% for m in messages if m.role != 'system' %}[{{ m.role }}: {{ m.content }}]{% endfor %}"],
  ])("goes in front of the first user message where it would be %s", (_, source) => {
    const prompt = loadTemplate({ source }).render([system, user]);

    expect(prompt.text).toBe("[user: Be brief.\n\nHi]");
    expect(prompt.ranges.map(({ messageIndex, role }) => [messageIndex, role])).toEqual([
      [0, "system"],
      [1, "user"],
    ]);
  });
});

describe("content in parts", () => {
  const parts = [
    { type: "text", text: "one" },
    { type: "text", text: "two" },
  ];

  test("is text for a template that takes no parts", () => {
    expect(render("{{ messages[0].content }}", [{ role: "user", content: parts }])).toBe("onetwo");
  });

  test("stays parts for a template that reads them", () => {
    const source =
      "{% set c = messages[0].content %}{% if c is string %}{{ c }}{% else %}{% for p in c %}<{{ p.text }}>{% endfor %}{% endif %}";

    expect(render(source, [{ role: "user", content: parts }])).toBe("<one><two>");
  });

  test("is what text becomes for a template that takes only parts", () => {
    const source = "{% for p in messages[0].content %}<{{ p['text'] }}>{% endfor %}";

    expect(render(source, [{ role: "user", content: "one" }])).toBe("<one>");
  });
});

describe("a call's arguments", () => {
  const asObject =
    "{% for c in messages[1].tool_calls %}{{ c.function.name }} {{ c.function.arguments | tojson }}{% endfor %}";
  const asText = "{% for c in messages[1].tool_calls %}{{ c.function.name + ' ' + c.function.arguments }}{% endfor %}";
  const wire = { id: "1", type: "function", function: { name: "f", arguments: '{"city":"Rome", "n":2}' } };
  const conversations: [string, ChatMessage[]][] = [
    [
      "core's",
      [
        { role: "user", content: "" },
        { role: "assistant", content: "", toolCalls: [call] },
      ],
    ],
    [
      "the wire's, as text",
      [
        { role: "user", content: "" },
        { role: "assistant", content: null, tool_calls: [wire] },
      ],
    ],
    [
      "the wire's, as an object",
      [
        { role: "user", content: "" },
        { role: "assistant", tool_calls: [{ ...wire, function: { name: "f", arguments: call.arguments } }] },
      ],
    ],
  ];

  test.each(conversations)("in %s spelling are an object, or its text, as the template reads them", (_, messages) => {
    expect(render(asObject, messages)).toBe('f {"city": "Rome", "n": 2}');
    expect(render(asText, messages)).toBe('f {"city": "Rome", "n": 2}');
  });

  test("are the text itself where it is no JSON object", () => {
    const broken = { id: "1", type: "function", function: { name: "f", arguments: "city=Rome" } };

    expect(
      render(asText, [
        { role: "user", content: "" },
        { role: "assistant", content: "", tool_calls: [broken] },
      ]),
    ).toBe("f city=Rome");
  });

  test("stand beside null where the template writes calls only then", () => {
    const source =
      "{% for m in messages %}{% if m.content is none %}{{ m.tool_calls[0].function.name }}{{ m.tool_calls[0].function.arguments | tojson }}{% else %}{{ m.content }}{% endif %}{% endfor %}";

    expect(
      render(source, [
        { role: "user", content: "Hi" },
        { role: "assistant", content: "", toolCalls: [call] },
      ]),
    ).toBe('Hif{"city": "Rome", "n": 2}');
  });

  test("are absent where there are no calls, so that templates that ask find none", () => {
    const source = "{{ 'tool_calls' in messages[0] }}";

    expect(render(source, [{ role: "assistant", content: "Hi", tool_calls: [] }])).toBe("False");
    expect(render(source, [{ role: "assistant", content: "Hi", tool_calls: null }])).toBe("False");
    expect(render(source, [{ role: "assistant", content: "Hi", toolCalls: [] }])).toBe("False");
  });
});

describe("reasoning", () => {
  test.each(["reasoning_content", "thinking", "reasoning"])("stands under %s where the template reads that", (key) => {
    const source = `{{ messages[0].${key} }}`;

    expect(render(source, [{ role: "assistant", content: "", reasoning: "why" }])).toBe("why");
    expect(render(source, [{ role: "assistant", content: "", reasoning_content: "why" }])).toBe("why");
    expect(render(source, [{ role: "assistant", content: "", thinking: "why" }])).toBe("why");
  });
});

describe("tools", () => {
  const source = "{% for t in tools or [] %}{{ t | tojson }}{% endfor %}{{ tools is none }}";

  test("in core's spelling are wrapped as the wire wraps them", () => {
    expect(render(source, [], { tools: [{ name: "f", description: "d" }] })).toBe(
      '{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object", "properties": {}}}}False',
    );
  });

  test("in the wire's spelling stay as they are", () => {
    const tool = { type: "function", function: { name: "f", strict: true } };

    expect(render(source, [], { tools: [tool] })).toBe(
      `${JSON.stringify(tool).replaceAll(":", ": ").replaceAll(",", ", ")}False`,
    );
  });

  test("are none where there are none", () => {
    expect(render(source, [])).toBe("True");
    expect(render(source, [], { tools: [] })).toBe("True");
  });
});

test("other keys of a message reach the template", () => {
  expect(render("{{ messages[0].mood }}", [{ role: "user", content: "", mood: "good" }])).toBe("good");
});
