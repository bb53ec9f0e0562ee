import { readFileSync } from "node:fs";
import type { Message } from "@palaver/core";
import { chatmlTemplate, encodePrompt, loadTemplate } from "@palaver/template";
import { describeSharedData } from "@palaver/test-data";
import { loadTokenizer } from "@palaver/tokenizer";
import { describe, expect, test } from "vitest";
import { dialogue, chatmlTokenizer as tokenizer, twoTurns } from "../testing/dialogue.ts";
import { checkDialogue } from "./check-dialogue.ts";
import { checkMask } from "./check-mask.ts";
import { maskRuns } from "./mask-runs.ts";

const template = chatmlTemplate();
const { ids, lossMask, text } = encodePrompt(template, tokenizer, twoTurns.messages);

/** The mask that covers this text, and no other. In a byte tokenizer, control tokens are one id: places are found by decoding. */
function covering(...parts: readonly string[]): number[] {
  const mask = ids.map(() => 0);
  for (const part of parts) {
    expect(text.split(part)).toHaveLength(2);
    const start = tokenizer.encode([{ text: text.slice(0, text.indexOf(part)), origin: "template" }]).length;
    const length = tokenizer.encode([{ text: part, origin: "template" }]).length;
    mask.fill(1, start, start + length);
  }
  return mask;
}

const codes = (mask: readonly number[], about = twoTurns) =>
  checkMask(about, mask, { template, tokenizer }).map(({ code }) => code);

describe("checkMask", () => {
  test("finds nothing wrong with the mask that the template gives", () => {
    expect(codes(lossMask)).toEqual([]);
    expect(covering("A parrot.<|im_end|>", "Hi!<|im_end|>")).toEqual(lossMask);
  });

  test("finds a mask that is empty", () => {
    expect(codes(ids.map(() => 0))).toEqual(["mask-empty"]);
  });

  test("finds a header inside of the loss", () => {
    expect(codes(covering("assistant\nA parrot.<|im_end|>"))).toEqual(["header-trained"]);
  });

  test("finds an end of a turn outside of the loss", () => {
    expect(codes(covering("A parrot."))).toEqual(["end-untrained"]);
    expect(codes(covering("A parrot.", "Hi!<|im_end|>"))).toEqual(["end-untrained"]);
  });

  test("takes no earlier turn's end for the end of an answer", () => {
    expect(codes(covering("Say hi.<|im_end|>\n<|im_start|>assistant\nHi!"))).toContain("end-untrained");
    expect(codes(covering("Say hi.<|im_end|>\n<|im_start|>assistant\nHi!<|im_end|>"))).not.toContain("end-untrained");
  });

  test("finds what others say inside of the loss", () => {
    expect(codes(covering("Say hi.<|im_end|>\n<|im_start|>assistant\nHi!<|im_end|>"))).toContain("others-trained");
  });

  test("finds an answer that is cut away, wholly or in part", () => {
    const kept = (tokens: number) => codes(lossMask.slice(0, tokens));

    expect(kept(lossMask.indexOf(1))).toEqual(["answer-cut"]);
    expect(kept(lossMask.indexOf(1) + 3)).toEqual(["answer-cut"]);
    expect(kept(lossMask.length - 1)).toEqual([]);
  });

  test("finds tool results between two turns inside of the loss", () => {
    const messages: Message[] = [
      { role: "user", content: "1 + 2?" },
      { role: "assistant", content: "", toolCalls: [{ id: "a", name: "add", arguments: { a: 1, b: 2 } }] },
      { role: "tool", content: "3", toolCallId: "a" },
      { role: "assistant", content: "Three." },
    ];
    const encoded = encodePrompt(template, tokenizer, messages);
    const first = encoded.lossMask.indexOf(1);
    const across = encoded.lossMask.map((_, index) => (index >= first ? 1 : 0));

    expect(codes(encoded.lossMask, dialogue(messages))).toEqual([]);
    expect(codes(across, dialogue(messages))).toContain("tool-result-trained");
  });
});

describe("checkDialogue", () => {
  const checked = (source: string, about = twoTurns) =>
    checkDialogue(about, { template: loadTemplate({ source }), tokenizer }).problems.map(({ code }) => code);
  const head = "{%- for message in messages %}<|im_start|>{{ message.role }}\n";

  test("passes a sound template", () => {
    const { encoded, problems } = checkDialogue(twoTurns, { template, tokenizer });

    expect(problems).toEqual([]);
    expect(encoded?.lossMask).toEqual(lossMask);
  });

  test("finds markers that leave out the end of a turn", () => {
    const marked = `{% if message.role == 'assistant' %}{% generation %}{{ message.content }}{% endgeneration %}{% else %}{{ message.content }}{% endif %}<|im_end|>\n{% endfor %}`;

    expect(checked(head + marked)).toEqual(expect.arrayContaining(["end-untrained", "mask-refused"]));
  });

  test("finds markers around the header", () => {
    const marked = `{%- for message in messages %}{% if message.role == 'assistant' %}{% generation %}<|im_start|>assistant\n{{ message.content }}<|im_end|>{% endgeneration %}\n{% else %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endif %}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}`;

    expect(checked(marked)).toEqual(["header-trained", "header-trained"]);
  });

  test("finds a template that changes a turn when another follows", () => {
    const unstable = `{%- for message in messages %}<|im_start|>{{ message.role }}\n{% if message.role == 'assistant' and not loop.last %}{{ message.content | upper }}{% else %}{{ message.content }}{% endif %}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}`;
    const counted = `{{- messages | length }}${head}{{ message.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}`;

    expect(checked(unstable)).not.toEqual([]);
    expect(checked(counted)).toContain("template-unstable");
  });

  test("finds a conversation that the template refuses", () => {
    const strict = "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}";

    expect(checked(strict)).toEqual(["template-refused"]);
  });

  test("finds a dialogue of which nothing is learnt", () => {
    const silent = { ...twoTurns, train: twoTurns.messages.map(() => false) };

    expect(checkDialogue(silent, { template, tokenizer }).problems.map(({ code }) => code)).toEqual(["mask-empty"]);
  });
});

describeSharedData(
  "templates that others publish for training",
  ["templates/trl/qwen2_5_training.jinja", "templates/trl/qwen2_5.jinja", "tokenizers/qwen2.5-0.5b-instruct"],
  (training = "", inference = "", folder = "") => {
    const read = (file: string) => readFileSync(`${folder}/${file}`);
    const qwen = () =>
      loadTokenizer({
        "vocab.json": read("vocab.json"),
        "merges.txt": read("merges.txt"),
        "tokenizer_config.json": read("tokenizer_config.json"),
      });

    test("are sound, and train the same words as the templates without markers", () => {
      const loaded = qwen();
      const [a, b] = [training, inference].map((path) =>
        checkDialogue(twoTurns, {
          template: loadTemplate({ source: readFileSync(path, "utf8") }),
          tokenizer: loaded,
        }),
      );

      expect([a!.problems, b!.problems]).toEqual([[], []]);
      const words = ({ encoded }: NonNullable<typeof a>) =>
        maskRuns(encoded!.lossMask).map(({ start, end }) => loaded.decode(encoded!.ids.slice(start, end)).trim());
      expect(words(a!)).toEqual(words(b!));
    });
  },
);
