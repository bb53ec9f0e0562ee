import { readFileSync } from "node:fs";
import { describeSharedData } from "@palaver/test-data";
import { expect, test } from "vitest";
import { loadTemplate } from "./load-template.ts";

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
