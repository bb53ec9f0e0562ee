import type { Tokenizer } from "@palaver/core";
import { byteTokenizer } from "@palaver/core/testing";
import { describe, expect, test } from "vitest";
import type { ChatMessage } from "./chat-message.ts";
import { encodePrompt } from "./encode-prompt.ts";
import { loadTemplate } from "./load-template.ts";
import { learntTexts } from "./testing/learnt-texts.ts";

const dialogue: ChatMessage[] = [
  { role: "user", content: "ask" },
  { role: "assistant", content: "tell" },
  { role: "user", content: "again" },
  { role: "assistant", content: "more" },
];

const body = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}";
const prompt = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

function trained(source: string, messages: readonly ChatMessage[] = dialogue, options = {}): string[] {
  const tokenizer = byteTokenizer({ controlTokens: ["<|im_start|>", "<|im_end|>", "<|eom|>"] });
  return learntTexts(tokenizer, encodePrompt(loadTemplate({ source }), tokenizer, messages, options));
}

describe("the loss mask", () => {
  test("covers each answer and the token that ends it, and nothing else", () => {
    expect(trained(body + prompt)).toEqual(["tell<|im_end|>", "more<|im_end|>"]);
  });

  test("covers nothing where no assistant speaks", () => {
    expect(trained(body + prompt, dialogue.slice(0, 1), { addGenerationPrompt: true })).toEqual([]);
  });

  test("leaves the header out where no generation prompt gives it to the model", () => {
    expect(trained(body)).toEqual(["tell<|im_end|>", "more<|im_end|>"]);
  });

  test("leaves the header out where the template always ends with it", () => {
    expect(trained(`${body}{{ '<|im_start|>assistant\\n' }}`)).toEqual(["tell<|im_end|>", "more<|im_end|>"]);
  });

  test("begins behind the header where the generation prompt opens more than the history keeps", () => {
    expect(trained(`${body}{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n{% endif %}`)).toEqual([
      "tell<|im_end|>",
      "more<|im_end|>",
    ]);
  });

  test("ends with an answer that is to be continued", () => {
    expect(trained(body + prompt, dialogue, { continueFinalMessage: true })).toEqual(["tell<|im_end|>", "more"]);
  });

  test("covers the end of an empty answer", () => {
    const messages = [...dialogue.slice(0, 3), { role: "assistant", content: "" }];

    expect(trained(body + prompt, messages)).toEqual(["tell<|im_end|>", "<|im_end|>"]);
  });

  test("covers reasoning and calls with the marks around them", () => {
    const source = `{% for m in messages %}<|im_start|>{{ m.role }}
{% if m.reasoning_content %}<think>{{ m.reasoning_content }}</think>
{% endif %}{{ m.content }}{% for c in m.tool_calls or [] %}<call>{{ c.function | tojson }}</call>{% endfor %}<|im_end|>
{% endfor %}${prompt}`;
    const messages: ChatMessage[] = [
      { role: "user", content: "ask" },
      {
        role: "assistant",
        content: "",
        reasoning: "why",
        toolCalls: [{ id: "1", name: "f", arguments: { a: [1, "x\ny"] } }],
      },
      { role: "tool", content: "result" },
      { role: "assistant", content: "done" },
    ];

    expect(trained(source, messages)).toEqual([
      '<think>why</think>\n<call>{"name": "f", "arguments": {"a": [1, "x\\ny"]}}</call><|im_end|>',
      "done<|im_end|>",
    ]);
  });

  test("is what markers say where the template has them", () => {
    const source = `{% for m in messages %}<|im_start|>{{ m.role }}
{% if m.role == 'assistant' %}{% generation %}{{ m.content }}<|im_end|>{% endgeneration %}{% else %}{{ m.content }}<|im_end|>{% endif %}{% endfor %}`;

    expect(trained(source)).toEqual(["tell<|im_end|>", "more<|im_end|>"]);
  });
});

test("markers that cover the header are followed, and reported", () => {
  const source = `{% for m in messages %}{% if m.role == 'user' %}{{ m.content }}<|im_end|>{% else %}{% generation %}<|im_start|>assistant
{{ m.content }}<|im_end|>{% endgeneration %}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`;
  const tokenizer = byteTokenizer({ controlTokens: ["<|im_start|>", "<|im_end|>"] });

  const { warnings } = encodePrompt(loadTemplate({ source }), tokenizer, dialogue.slice(0, 2));

  expect(trained(source, dialogue.slice(0, 2))).toEqual(["<|im_start|>assistant\ntell<|im_end|>"]);
  expect(warnings).toEqual(['the markers cover "<|im_start|>assistant" of message 1, which the model is given']);
});

describe("a mask that cannot be exact is refused", () => {
  const marked = (assistant: string): string =>
    `{% for m in messages %}{% if m.role == 'assistant' %}${assistant}{% else %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endif %}{% endfor %}${prompt}`;

  test.each([
    [
      "no token ends the turn",
      "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}",
      "writes no token that ends its turn",
    ],
    [
      "the end is no token of the vocabulary",
      body.replaceAll("<|im_end|>", "<|stop|>"),
      "is no control token of the tokenizer",
    ],
    ["the content is dropped", marked("<|im_start|>assistant\n<|im_end|>\n"), "drops its content"],
    [
      "the content is changed",
      body.replace("m.content", "m.content | replace('e', 'E')") + prompt,
      "changes its content",
    ],
    [
      "the content is written twice",
      body.replace("{{ m.content }}", "{{ m.content }}{{ m.content }}") + prompt,
      "changes its content",
    ],
    [
      "the turn holds another's words",
      marked("<|im_start|>assistant\n{{ m.content[:2] }}{{ messages[0].content }}{{ m.content[2:] }}<|im_end|>\n"),
      "text of message 0",
    ],
    [
      "the generation prompt is another header",
      body.replace("<|im_start|>", "<|im_start|> ") + prompt,
      "generation prompt is not what it writes",
    ],
    [
      "the markers leave out the end",
      marked("<|im_start|>assistant\n{% generation %}{{ m.content }}{% endgeneration %}<|im_end|>\n"),
      "leave out the token that ends its turn",
    ],
    [
      "the markers cover nothing",
      `${body}{% if false %}{% generation %}{% endgeneration %}{% endif %}`,
      "markers cover nothing",
    ],
    ["the markers cover a user", `{% generation %}${body}{% endgeneration %}`, "markers cover text of user"],
  ])("%s", (_, source, reason) => {
    expect(() => trained(source)).toThrow(reason);
  });

  test("reasoning is dropped", () => {
    const messages: ChatMessage[] = [dialogue[0]!, { role: "assistant", content: "tell", reasoning: "why" }];

    expect(() => trained(body + prompt, messages)).toThrow(
      "no loss mask for message 1: the template drops its reasoning",
    );
  });

  test("a call is dropped", () => {
    const messages: ChatMessage[] = [
      dialogue[0]!,
      { role: "assistant", content: "tell", toolCalls: [{ id: "1", name: "f", arguments: {} }] },
    ];

    expect(() => trained(body + prompt, messages)).toThrow('does not write "f" of its tool call');
  });

  test("a token holds the end of the header and the beginning of the answer", () => {
    const messages = [dialogue[0]!, { role: "assistant", content: "\ntell" }];
    const template = loadTemplate({ source: body + prompt });

    expect(() => encodePrompt(template, newlinePairs(), messages)).toThrow(
      'the token "\\n\\n" holds parts of the header and the answer',
    );
  });
});

/** A byte tokenizer with one more token: two newlines. */
function newlinePairs(): Tokenizer {
  const bytes = byteTokenizer({ controlTokens: ["<|im_start|>", "<|im_end|>", "\n\n"] });
  return {
    ...bytes,
    isControl: (id) => id < 258 && bytes.isControl(id),
    encodeWithOffsets: (input) => {
      const text = typeof input === "string" ? input : input.map((segment) => segment.text).join("");
      const pieces = bytes.pieces([{ text, origin: "template" }]);
      return {
        ids: pieces.map(({ id }) => id),
        offsets: Uint32Array.from(pieces.flatMap(({ start, end }) => [start, end])),
      };
    },
  };
}
