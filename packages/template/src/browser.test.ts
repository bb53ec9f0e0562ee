import { fileURLToPath } from "node:url";
import { missingBrowser, withPackageInBrowser } from "@palaver/test-browser";
import { expect, test } from "vitest";
import { llama3Template } from "./index.ts";

const missing = missingBrowser();
const name = "renders, finds the end of turn and reads answers back in a browser";
const messages = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Hi <|eot_id|> 🙂" },
] as const;
const answer = 'Sure. <tool_call>{"name": "clock", "arguments": {}}</tool_call>';

test.skipIf(missing !== undefined)(missing === undefined ? name : `${name}: skipped, ${missing}`, async () => {
  const template = llama3Template();
  const prompt = template.render(messages, { addGenerationPrompt: true });

  await withPackageInBrowser(fileURLToPath(new URL("./index.ts", import.meta.url)), async (page) => {
    const found = await page.evaluate(
      ({ messages, answer }) => {
        const { palaver } = globalThis as unknown as { palaver: typeof import("./index.ts") };
        const template = palaver.llama3Template();
        const { text, segments } = template.render(messages, { addGenerationPrompt: true });
        const parser = palaver.answerParserFor({ format: { calls: "hermes" }, tools: [{ name: "clock" }] });
        const events = [...parser.push({ text: answer }), ...parser.end()];
        return { text, segments, endOfTurn: template.endOfTurnTokens, types: events.map((event) => event.type) };
      },
      { messages, answer },
    );

    expect(found.text).toBe(prompt.text);
    expect(found.segments).toEqual(prompt.segments);
    expect(found.endOfTurn).toEqual(template.endOfTurnTokens);
    expect(found.types).toContain("tool-call");
  });
});
