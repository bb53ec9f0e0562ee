import { byteTokenizer, templateContract } from "@palaver/core/testing";
import { describe, expect, test } from "vitest";
import { encodePrompt } from "../encode-prompt.ts";
import { prefixStability } from "../prefix-stability.ts";
import { chatmlTemplate } from "./chatml-template.ts";
import { llama3Template } from "./llama3-template.ts";

const tools = [{ name: "get_weather", description: "Tells the weather.", parameters: { type: "object" } }];
const dialogue = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Weather in Paris?" },
  { role: "assistant", content: "", toolCalls: [{ id: "1", name: "get_weather", arguments: { city: "Paris" } }] },
  { role: "tool", content: "22 degrees", toolCallId: "1" },
  { role: "assistant", content: "It is 22 degrees." },
] as const;

describe.each([
  ["llama3Template", llama3Template],
  ["chatmlTemplate", chatmlTemplate],
])("%s", (_, make) => {
  for (const { name, skip, run } of templateContract(() => make())) test.skipIf(skip !== undefined)(name, run);

  test("writes a conversation with calls as the beginning of its continuation", () => {
    expect(prefixStability(make(), dialogue, { tools })).toEqual({ isStable: true, breaks: [] });
  });
});

describe("llama3Template", () => {
  const controlTokens = ["<|begin_of_text|>", "<|eot_id|>", "<|start_header_id|>", "<|end_header_id|>"];

  test("writes the form of Llama 3", () => {
    const { text } = llama3Template().render(
      [
        { role: "system", content: "Be brief." },
        { role: "user", content: " Hi " },
      ],
      { addGenerationPrompt: true },
    );

    expect(text).toBe(
      "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>" +
        "<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
    );
  });

  test("trains the call, the answer and the end of both turns", () => {
    const tokenizer = byteTokenizer({ controlTokens });

    const { ids, lossMask } = encodePrompt(llama3Template(), tokenizer, dialogue, { tools });

    expect(tokenizer.decode(ids.filter((__, index) => lossMask[index] === 1))).toBe(
      '{"name": "get_weather", "parameters": {"city": "Paris"}}<|eot_id|>It is 22 degrees.<|eot_id|>',
    );
  });
});

describe("chatmlTemplate", () => {
  test("writes reasoning and calls as the model generates them", () => {
    const tokenizer = byteTokenizer();
    const messages = [
      { role: "user", content: "1 + 1?" },
      { role: "assistant", content: "2", reasoning: "Count." },
    ] as const;

    const { ids, lossMask } = encodePrompt(chatmlTemplate(), tokenizer, messages);

    expect(tokenizer.decode(ids.filter((__, index) => lossMask[index] === 1))).toBe(
      "<think>\nCount.\n</think>\n\n2<|im_end|>",
    );
  });
});
