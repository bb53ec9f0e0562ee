import { readFileSync } from "node:fs";
import type { JsonObject, ToolCall, ToolDefinition } from "@palaver/core";
import { joinEvents, parseAnswer } from "@palaver/core/testing";
import { describeSharedData } from "@palaver/test-data";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadTemplate } from "../load-template.ts";

interface Rendered {
  /** What stands in front of the assistant's words. */
  readonly header: string;
  /** What ends them. */
  readonly end: RegExp;
  /** The most calls that the template writes in one message. */
  readonly maxCalls: number;
  /** Values that the template needs for any conversation. Default: none. */
  readonly names?: Readonly<Record<string, string>>;
}

const llama: Rendered = {
  header: "<|start_header_id|>assistant<|end_header_id|>\n\n",
  end: /<\|eot_id\|>$/,
  maxCalls: 1,
};
const chatml: Rendered = { header: "<|im_start|>assistant\n", end: /<\|im_end\|>\n?$/, maxCalls: 3 };
const r1: Rendered = { header: "<｜Assistant｜>", end: /(<｜end▁of▁sentence｜>)?$/, maxCalls: 2 };

const templates: Readonly<Record<string, Rendered>> = {
  "Qwen-Qwen2.5-7B-Instruct": chatml,
  "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use": chatml,
  "NousResearch-Hermes-3-Llama-3.1-8B-tool_use": chatml,
  "meta-llama-Llama-3.1-8B-Instruct": llama,
  "meta-llama-Llama-3.2-3B-Instruct": llama,
  "meta-llama-Llama-3.3-70B-Instruct": llama,
  "meetkai-functionary-medium-v3.1": { ...llama, end: /<\|eom_id\|>$/, maxCalls: 3 },
  "fireworks-ai-llama-3-firefunction-v2": {
    ...llama,
    end: /<\|eot_id\|><\|start_header_id\|>assistant<\|end_header_id\|>\n\n$/,
    maxCalls: 3,
    names: { functions: "", datetime: "" },
  },
  "mistralai-Mistral-Nemo-Instruct-2407": { header: "[/INST]", end: /<\/s>$/, maxCalls: 3 },
  "deepseek-ai-DeepSeek-R1-Distill-Llama-8B": r1,
  "llama-cpp-deepseek-r1": { ...r1, maxCalls: 3 },
  "CohereForAI-c4ai-command-r7b-12-2024-tool_use": {
    header: "<|CHATBOT_TOKEN|>",
    end: /<\|END_OF_TURN_TOKEN\|>[^<]*<\|START_OF_TURN_TOKEN\|><\|CHATBOT_TOKEN\|>$/,
    maxCalls: 3,
  },
};

const definition = (name: string): ToolDefinition => ({
  name,
  description: "A tool.",
  parameters: { type: "object", properties: { a: { type: "string", description: "A value." } } },
});

describeSharedData("calls that a template renders", "templates/llama.cpp", (folder) => {
  describe.each(Object.entries(templates))("%s", (name, { header, end, maxCalls, names }) => {
    const template = loadTemplate({
      source: readFileSync(`${folder}/${name}.jinja`, "utf8"),
      specialTokens: { bos_token: "<s>", eos_token: "</s>", ...names },
    });

    /** The assistant's words as the template writes them. */
    const answerOf = (toolCalls: readonly ToolCall[], tools: readonly ToolDefinition[]): string => {
      const messages = [
        { role: "user", content: "Please." },
        { role: "assistant", content: "", toolCalls },
      ] as const;
      const { text } = template.render(messages, { tools });
      const whole = text.replace(end, "");
      return whole.slice(whole.lastIndexOf(header, whole.length) + header.length);
    };
    const read = (answer: string, tools: readonly ToolDefinition[]) => {
      const pieces = (answer.match(/.{1,4}/gsu) ?? []).map((text) => ({ text }));
      // The answer is one string here, so control tokens are spelled.
      return joinEvents(parseAnswer(template.answerParser({ tools, isControl: () => false }), pieces));
    };
    const called = (toolCalls: readonly ToolCall[], tools: readonly ToolDefinition[]) => {
      const events = read(answerOf(toolCalls, tools), tools);
      // Command R7B's template writes a plan in front of the calls.
      return events
        .filter((event) => event.type !== "reasoning-delta")
        .map((event) => (event.type === "tool-call" ? { name: event.name, arguments: event.arguments } : event));
    };

    test("come back as they were", () => {
      const key = fc.string({ unit: "grapheme", maxLength: 8 });
      const args = fc.dictionary(key, fc.jsonValue({ maxDepth: 3, stringUnit: "grapheme" }), {
        maxKeys: 4,
        noNullPrototype: true,
      });
      const anyCall = fc.record({ name: fc.constantFrom("now", "get_weather", "math.hypot"), arguments: args });
      const tools = ["now", "get_weather", "math.hypot"].map(definition);
      fc.assert(
        fc.property(fc.array(anyCall, { minLength: 1, maxLength: maxCalls }), (drawn) => {
          const given = JSON.parse(JSON.stringify(drawn)) as { name: string; arguments: JsonObject }[];
          const toolCalls = given.map((call, index) => ({ ...call, id: `abcdefgh${index}` }));

          expect(called(toolCalls, tools)).toEqual(given);
        }),
        { numRuns: 60 },
      );
    });
  });
});
