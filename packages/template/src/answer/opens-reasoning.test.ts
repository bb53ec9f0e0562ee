import { describe, expect, test } from "vitest";
import { opensReasoning } from "./opens-reasoning.ts";

describe("opensReasoning", () => {
  const format = { calls: "deepseek", reasoning: "think" } as const;
  const template = (text: string) => ({ text, origin: "template" }) as const;
  const content = (text: string) => ({ text, origin: "content" }) as const;
  const prompt = (...segments: ReturnType<typeof template | typeof content>[]) => ({
    text: segments.map(({ text }) => text).join(""),
    segments,
  });

  test("is true where the template's last words open it", () => {
    expect(opensReasoning(format, prompt(content("Hi"), template("<|Assistant|><think>\n")))).toBe(true);
  });

  test("is true inside of reasoning that goes on", () => {
    const reasoning = { text: "First,", origin: "reasoning" } as const;

    expect(opensReasoning(format, { text: "<think>\nFirst,", segments: [template("<think>\n"), reasoning] })).toBe(
      true,
    );
  });

  test("is false where it is closed again or only mentioned", () => {
    expect(opensReasoning(format, prompt(template("<|im_start|>assistant\n<think>\n\n</think>\n\n")))).toBe(false);
    expect(opensReasoning(format, prompt(template("Begin with <think>."), template("<|im_start|>")))).toBe(false);
  });

  test("is false where a person has written the tag", () => {
    expect(opensReasoning(format, prompt(template("<|user|>"), content("say <think>")))).toBe(false);
  });

  test("is false in a format without reasoning", () => {
    expect(opensReasoning({ calls: "hermes" }, prompt(template("<think>")))).toBe(false);
  });
});
