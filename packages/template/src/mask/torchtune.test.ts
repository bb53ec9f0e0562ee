import { readFileSync } from "node:fs";
import { describeSharedData } from "@palaver/test-data";
import { tokenizerFromTiktoken } from "@palaver/tokenizer";
import { expect, test } from "vitest";
import type { WireMessage } from "../chat-message.ts";
import { encodePrompt } from "../encode-prompt.ts";
import { loadTemplate } from "../load-template.ts";

interface Fixture {
  readonly fixture?: string;
  readonly values: { readonly message?: { readonly kwargs: TorchtuneMessage }; readonly expected_tokens?: number[] };
}

interface TorchtuneMessage {
  readonly role: string;
  readonly content: string | readonly { readonly type: string; readonly content?: string }[];
  readonly masked: boolean;
  readonly ipython?: boolean;
  readonly eot?: boolean;
}

/** torchtune's form of Llama 3: calls begin with `<|python_tag|>`, and a message that is not the turn's last ends with `<|eom_id|>`. */
const source = `{{ bos_token }}
{%- for message in messages %}
{{- '<|start_header_id|>' + message.role + '<|end_header_id|>\\n\\n' }}
{%- if message.ipython %}{{- '<|python_tag|>' }}{% endif %}
{{- message.content | trim }}
{{- '<|eom_id|>' if message.eot is false else '<|eot_id|>' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}`;

const controlTokens = {
  "<|begin_of_text|>": 128000,
  "<|end_of_text|>": 128001,
  "<|start_header_id|>": 128006,
  "<|end_header_id|>": 128007,
  "<|eom_id|>": 128008,
  "<|eot_id|>": 128009,
  "<|python_tag|>": 128010,
};

/** Ids of the header that torchtune counts as the assistant's; the model is given it. */
const headerLength = 7;

const paths = [
  "reference/torchtune-expected/llama3-test_llama3_tokenizer.json",
  "reference/torchtune-assets/tiktoken_small.model",
];

describeSharedData("torchtune's Llama 3 messages", paths, (expectedPath, ranksPath) => {
  const fixtures = JSON.parse(readFileSync(expectedPath!, "utf8")) as readonly Fixture[];
  const tokenizer = tokenizerFromTiktoken(readFileSync(ranksPath!), { specialTokens: controlTokens });
  const template = loadTemplate({ source, specialTokens: { bos_token: "<|begin_of_text|>" } });
  const fixture = (name: string): { message: WireMessage; isMasked: boolean; ids: number[] } => {
    const { message, expected_tokens } = fixtures.find((one) => one.fixture === name)!.values;
    const { content, masked, ...rest } = message!.kwargs;
    const text = typeof content === "string" ? content : content.map((part) => part.content ?? "").join("");
    // torchtune puts the end of the whole text behind the last message; no template does.
    const ids = expected_tokens!.at(-1) === 128001 ? expected_tokens!.slice(0, -1) : expected_tokens!;
    return { message: { ...rest, content: text }, isMasked: masked, ids };
  };

  test.each([
    ["a question and an answer", ["user_text_message", "assistant_text_message"]],
    ["a call of a tool", ["user_text_message", "assistant_tool_message", "ipython_message", "assistant_text_message"]],
  ])("%s: the same ids, and the same mask but for the assistant's header", (_, names) => {
    const parts = names.map(fixture);
    const expectedMask = parts.flatMap(({ isMasked, ids }) =>
      ids.map((__, index) => (isMasked || index < headerLength ? 0 : 1)),
    );

    const { ids, lossMask } = encodePrompt(
      template,
      tokenizer,
      parts.map(({ message }) => message),
    );

    expect(ids).toEqual(parts.flatMap((part) => part.ids));
    expect(lossMask).toEqual(expectedMask);
  });
});
