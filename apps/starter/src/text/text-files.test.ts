import type { Message } from "@palaver/core";
import { loadTemplate } from "@palaver/template";
import { loadTokenizer } from "@palaver/tokenizer";
import { describe, expect, test } from "vitest";
import { clock } from "../testing/small-lessons.ts";
import { controlTokens } from "./control-tokens.ts";
import { textFiles, trainTokenizer } from "./text-files.ts";

const words = ["Where does Ada live? Ada lives in Rome. Where does Bo live? Bo lives in Oslo."];
const json = trainTokenizer(words, 280);

describe("the chat model's files", () => {
  const files = textFiles(json, "chat");
  const template = loadTemplate({
    source: files["chat_template.jinja"]!,
    specialTokens: { bos_token: "<|begin_of_text|>" },
  });

  test("end a turn as the template does", () => {
    const tokenizer = loadTokenizer(files);
    const { eos_token_id } = JSON.parse(files["generation_config.json"]!);

    expect(template.endOfTurnTokens).toEqual([controlTokens.endOfTurn]);
    expect(eos_token_id).toContain(tokenizer.tokenToId(controlTokens.endOfTurn));
  });

  test("have a template whose calls are read back", () => {
    const call = { id: "call_1", name: clock.name, arguments: { city: "Rome" } };
    const messages: Message[] = [
      { role: "user", content: "What time is it in Rome?" },
      { role: "assistant", content: "", toolCalls: [call] },
    ];
    const prompt = template.render(messages.slice(0, 1), { tools: [clock], addGenerationPrompt: true });
    const whole = template.render(messages, { tools: [clock] });
    const answer = whole.text.slice(prompt.text.length, whole.text.lastIndexOf(controlTokens.endOfTurn));

    const parser = template.answerParser({ tools: [clock], prompt });
    const events = [...parser.push({ text: answer }), ...parser.end()];

    expect(events).toMatchObject([{ type: "tool-call", name: clock.name, arguments: { city: "Rome" } }]);
  });
});

test("a base model has no template and ends with the text", () => {
  const files = textFiles(json, "base");

  expect(files["chat_template.jinja"]).toBeUndefined();
  expect(loadTokenizer(files).special.eos).toBe(loadTokenizer(files).tokenToId(controlTokens.endOfText));
});

test("control tokens are the last ids, and text does not spell them", () => {
  const tokenizer = loadTokenizer({ "tokenizer.json": json });
  const ids = Object.values(controlTokens).map((token) => tokenizer.tokenToId(token));

  expect(ids).toEqual(ids.map((_, index) => 280 - ids.length + index));
  expect(tokenizer.encode(Object.values(controlTokens).join("")).some((id) => tokenizer.isControl(id))).toBe(false);
});

test("too little text for a vocabulary is refused", () => {
  expect(() => trainTokenizer(["a"], 280)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }));
});
