import { describeSharedData } from "@palaver/test-data";
import { describe, expect, test } from "vitest";
import { loadTemplate } from "./load-template.ts";
import { specialTokens } from "./testing/family-tokenizer.ts";
import { realTemplates } from "./testing/real-templates.ts";

function ends(source: string): readonly string[] {
  return loadTemplate({ source, specialTokens }).endOfTurnTokens;
}

const header = "{% for m in messages %}<|start|>{{ m.role }}<|text|>";

describe("the tokens that end an assistant's turn", () => {
  test.each([
    ["one behind every message", `${header}{{ m.content }}<|end|>\n{% endfor %}`, ["<|end|>"]],
    ["the special token at its place", `${header}{{ m.content ~ eos_token }}{% endfor %}`, ["</s>"]],
    ["none before another at the end of the text", `${header}{{ m.content }}<|end|>{% endfor %}<|stop|>`, ["<|end|>"]],
    ["the last of several", `${header}{{ m.content }}<|end_text|><|end|>{% endfor %}`, ["<|end|>"]],
    [
      "the one that only the last turn has, where no other is",
      `${header}{{ m.content }}{% if loop.last %}<|return|>{% endif %}{% endfor %}`,
      ["<|return|>"],
    ],
    [
      "one that opens messages, too, where nothing follows it",
      `<|user|>{% for m in messages %}{{ m.content }}{{ '<|user|>' if m.role == 'assistant' else '<|bot|>' }}{% endfor %}`,
      ["<|user|>"],
    ],
    ["none that begins the next message", `${header}{{ m.content }}{% endfor %}<|start|>assistant<|text|>`, []],
    ["none where the text just goes on", "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}", []],
    [
      "another behind calls",
      `${header}{% if m.tool_calls %}{% for c in m.tool_calls %}<call>{{ c.function | tojson }}</call>{% endfor %}<|more|>{% else %}{{ m.content }}<|end|>{% endif %}{% endfor %}`,
      ["<|end|>", "<|more|>"],
    ],
  ])("are %s", (_, source, expected) => {
    expect(ends(source)).toEqual(expected);
  });

  test("can depend on variables", () => {
    const template = loadTemplate({
      source: `${header}{{ m.content }}{{ '<|eom|>' if ipython else '<|eot|>' }}{% endfor %}`,
    });

    expect(template.endOfTurnTokens).toEqual(["<|eot|>"]);
    expect(template.endOfTurnTokensWith({ variables: { ipython: true } })).toEqual(["<|eom|>"]);
  });
});

/** What the families' own documentation names, by a part of the template's name. */
const documented: readonly (readonly [string, readonly string[]])[] = [
  ["Qwen2.5-7B", ["<|im_end|>"]],
  ["DeepSeek-R1-Distill", ["<｜end▁of▁sentence｜>"]],
  ["gemma-2-2b", ["<end_of_turn>"]],
  ["functionary-medium-v3.1", ["<|eot_id|>", "<|eom_id|>"]],
  ["Llama-3.1-8B-Instruct.jinja", ["<|eot_id|>"]],
  ["Phi-3.5-mini", ["<|end|>"]],
  ["Mistral-Nemo", ["</s>"]],
  ["command-r7b", ["<|END_OF_TURN_TOKEN|>"]],
  ["command-r-plus", ["<|END_OF_TURN_TOKEN|>"]],
  ["granite-3.0", ["<|end_of_text|>"]],
  ["openchat-3.5", ["<|end_of_turn|>"]],
  ["zephyr", ["</s>"]],
  ["v3_spm", ["</s>"]],
];

describeSharedData("real templates end turns", "templates", (root) => {
  const real = realTemplates(root);

  test.each(documented)("%s", (part, tokens) => {
    const { name, source } = real.find((one) => one.name.includes(part))!;

    // Hermes' templates share the name of their base model.
    expect(name).not.toContain("Hermes");
    expect(ends(source)).toEqual(tokens);
  });
});
