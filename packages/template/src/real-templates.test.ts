import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeSharedData } from "@palaver/test-data";
import { expect, test } from "vitest";
import type { ChatMessage, ChatTool } from "./chat-message.ts";
import { loadTemplate } from "./load-template.ts";
import { specialTokens } from "./testing/family-tokenizer.ts";
import { realTemplates } from "./testing/real-templates.ts";

interface Case {
  readonly name: string;
  readonly template: string;
  readonly expected_output_jinja: string;
  readonly bos_token?: string;
  readonly eos_token?: string;
}

interface Cases {
  readonly messages: { readonly role: string; readonly content: string }[];
  readonly cases: readonly Case[];
}

/** Cases whose expected text is made by llama.cpp around the template, with the reason; they must differ for it. */
const polyfilled: Readonly<Record<string, string>> = {
  "mistralai/Mistral-7B-Instruct-v0.2 (NOTE: Old pre-v1 without a system prompt)":
    "it puts one newline between system and user text, Mistral's own format two",
  "mlabonne/AlphaMonarch-7B": "it strips the first bos_token",
  "google/gemma-7b-it": "it puts one newline between system and user text, Gemma 3's template two",
  "OrionStarAI/Orion-14B-Chat": "it puts one newline between system and user text, and strips the last eos_token",
  "Phi-3-mini": "it puts one newline between system and user text",
  "Phi-3-medium": "it puts one newline between system and user text",
  ChatGLM3: "it strips the space that the template writes before each content",
  "ai-sage/GigaChat-20B-A3B-instruct": "it knows the tokenizer's additional_special_tokens, which the data leaves out",
};

describeSharedData("llama.cpp's rendered templates", "templates/expected/llama.cpp-test-chat-template.json", (path) => {
  const { messages, cases } = JSON.parse(readFileSync(path, "utf8")) as Cases;
  const render = ({ template, bos_token = "", eos_token = "" }: Case): string =>
    loadTemplate({ source: template, specialTokens: { bos_token, eos_token } }).render(messages, {
      addGenerationPrompt: true,
    }).text;

  test.each(cases.filter(({ name }) => !(name in polyfilled)))("$name renders as there", (one) => {
    expect(render(one)).toBe(one.expected_output_jinja);
  });

  test.each(cases.filter(({ name }) => name in polyfilled))("$name differs by llama.cpp's own additions", (one) => {
    expect(() => expect(render(one)).toBe(one.expected_output_jinja), polyfilled[one.name]).toThrow();
  });
});

const dialogue: ChatMessage[] = [
  { role: "user", content: "first question" },
  { role: "assistant", content: "first answer" },
  { role: "user", content: "second question" },
];

describeSharedData("real templates", "templates", (root) => {
  test.each(realTemplates(root))("$name writes a conversation and asks for an answer", ({ source }) => {
    const template = loadTemplate({ source, specialTokens });
    const tools = [{ name: "get_weather", description: "Tells the weather." }];
    // Only FireFunction's template needs these names.
    const variables = { functions: "", datetime: "" };

    const { text, ranges } = template.render(dialogue, { tools, variables, addGenerationPrompt: true });

    const contents = ranges.filter(({ origin }) => origin === "content");
    expect(contents.map(({ start, end }) => text.slice(start, end))).toEqual(dialogue.map(({ content }) => content));
    expect(contents.map(({ messageIndex }) => messageIndex)).toEqual([0, 1, 2]);
  });
});

interface Sample {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ChatTool[];
}

describeSharedData("mistral-common's texts", "templates/mistral-common", (root) => {
  const source = readFileSync(join(root, "chat_templates/v3_spm.jinja"), "utf8");
  const render = (sample: string): string => {
    const { messages, tools = [] } = JSON.parse(
      readFileSync(join(root, "samples", sample, "sample.json"), "utf8"),
    ) as Sample;
    const { text } = loadTemplate({ source, specialTokens }).render(messages, { tools });
    return text.replaceAll(" ", "▁").replaceAll("\n", "<0x0A>");
  };
  const expected = (sample: string): string => readFileSync(join(root, "samples", sample, "text_v3.txt"), "utf8");

  test("a conversation renders as there", () => {
    expect(render("no_tools")).toBe(expected("no_tools"));
  });

  test("a call renders as there; its result is read as JSON there, and as text by the template", () => {
    const before = (text: string): string => text.slice(0, text.indexOf("[TOOL_RESULTS]"));

    expect(before(render("get_weather_no_history"))).toBe(before(expected("get_weather_no_history")));
  });
});
