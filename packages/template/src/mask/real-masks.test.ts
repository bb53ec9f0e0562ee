import { isPalaverError } from "@palaver/core";
import { describeSharedData } from "@palaver/test-data";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatMessage } from "../chat-message.ts";
import { type EncodedPrompt, encodePrompt } from "../encode-prompt.ts";
import { loadTemplate } from "../load-template.ts";
import { familyTokenizer, specialTokens } from "../testing/family-tokenizer.ts";
import { learntTexts } from "../testing/learnt-texts.ts";
import { benignText } from "../testing/random-chat.ts";
import { realTemplates } from "../testing/real-templates.ts";

/** Templates that get no mask, with the reason that the error must give. */
const refused: Readonly<Record<string, string>> = {
  "chujiezheng/chat_templates/amberchat.jinja": "no token that ends its turn",
  "chujiezheng/chat_templates/chatqa.jinja": "no token that ends its turn",
  "chujiezheng/chat_templates/falcon-instruct.jinja": "no token that ends its turn",
  "chujiezheng/chat_templates/solar-instruct.jinja": "no token that ends its turn",
};

const text = benignText.map((said) => said.trim());

const dialogue = fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 3 }).map((turns): ChatMessage[] =>
  turns.flatMap(([question, answer]) => [
    { role: "user", content: question },
    { role: "assistant", content: answer },
  ]),
);

describeSharedData("masks of real templates", ["templates", "tokenizers/smollm2-135m/tokenizer.json"], (root, path) => {
  const real = realTemplates(root!);
  const tokenizer = familyTokenizer(
    path!,
    real.map(({ source }) => source),
  );
  const tools = [{ name: "get_weather", description: "Tells the weather." }];
  const variables = { functions: "", datetime: "" };

  test.each(real.filter(({ name }) => !(name in refused)))("$name: the answers and their ends", ({ source }) => {
    const template = loadTemplate({ source, specialTokens });
    const ends = template.endOfTurnTokensWith({ tools, variables });

    fc.assert(
      fc.property(dialogue, (messages) => {
        const encoded = attempt(() => encodePrompt(template, tokenizer, messages, { tools, variables }));
        if (!encoded) return;
        const answers = messages.filter(({ role }) => role === "assistant");
        const trained = learntTexts(tokenizer, encoded);
        expect(trained).toHaveLength(answers.length);
        answers.forEach(({ content }, index) => {
          expect(trained[index]).toContain(content);
          expect(ends.some((token) => trained[index]!.includes(token))).toBe(true);
        });
        for (const { role, content } of messages) {
          // A question that is part of an answer says nothing.
          const isInAnswer = answers.some((answer) => String(answer.content).includes(String(content)));
          if (role === "user" && !isInAnswer && String(content).length > 3)
            expect(trained.join("\0")).not.toContain(content);
        }
      }),
      { numRuns: 10 },
    );
  });

  test.each(Object.entries(refused))("%s has none: %s", (name, reason) => {
    const template = loadTemplate({ source: real.find((one) => one.name === name)!.source, specialTokens });
    const messages = [
      { role: "user", content: "ask" },
      { role: "assistant", content: "tell" },
    ];

    expect(() => encodePrompt(template, tokenizer, messages)).toThrow(reason);
  });
});

/** The result, or undefined where a token lies across the border of an answer: that is refused, and rightly. */
function attempt(action: () => EncodedPrompt): EncodedPrompt | undefined {
  try {
    return action();
  } catch (error) {
    if (isPalaverError(error, "ERR_UNSUPPORTED") && error.message.includes("holds parts of")) return undefined;
    throw error;
  }
}
