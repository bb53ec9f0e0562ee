import { readFileSync } from "node:fs";
import { describeSharedData } from "@palaver/test-data";
import { describe, expect, test } from "vitest";
import { detectAnswerFormat } from "./answer-format.ts";

describe("detectAnswerFormat", () => {
  test.each([
    ["{{ '<tool_call>' }}", { calls: "hermes" }],
    ["{{ '<think>' }}{{ '<tool_call>' }}", { calls: "hermes", reasoning: "think" }],
    ["{{ content.split('</think>')[-1] }}", { calls: "generic-json", reasoning: "think" }],
    ["{{ '[TOOL_CALLS]' }}{{ '[THINK]' }}", { calls: "mistral", reasoning: "magistral" }],
    ["respond as [func_name1(params_name1=params_value1)]", { calls: "pythonic" }],
    ["{{ '<tool_call>' + name + '<arg_key>' }}", { calls: "generic-json" }],
    ["{{ '<tool_call>' }}{{ '<function=' + name + '>' }}{{ '<parameter=' + key + '>' }}", { calls: "qwen-xml" }],
    ["{{ '<|im_start|>' + role }}", { calls: "generic-json" }],
  ])("reads %s", (source, format) => {
    expect(detectAnswerFormat(source)).toEqual(format);
  });
});

describeSharedData("detectAnswerFormat on published templates", "templates/llama.cpp", (folder) => {
  test.each([
    ["Qwen-Qwen2.5-7B-Instruct", { calls: "hermes" }],
    ["NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use", { calls: "hermes" }],
    ["NousResearch-Hermes-3-Llama-3.1-8B-tool_use", { calls: "hermes" }],
    ["mistralai-Mistral-Nemo-Instruct-2407", { calls: "mistral" }],
    ["meta-llama-Llama-3.1-8B-Instruct", { calls: "llama" }],
    ["meta-llama-Llama-3.2-3B-Instruct", { calls: "llama" }],
    ["meta-llama-Llama-3.3-70B-Instruct", { calls: "llama" }],
    ["meetkai-functionary-medium-v3.1", { calls: "llama" }],
    ["deepseek-ai-DeepSeek-R1-Distill-Llama-8B", { calls: "deepseek", reasoning: "think" }],
    ["llama-cpp-deepseek-r1", { calls: "deepseek", reasoning: "think" }],
    ["fireworks-ai-llama-3-firefunction-v2", { calls: "functools" }],
    ["CohereForAI-c4ai-command-r7b-12-2024-tool_use", { calls: "command-r", reasoning: "command-r" }],
    ["microsoft-Phi-3.5-mini-instruct", { calls: "generic-json" }],
    ["google-gemma-2-2b-it", { calls: "generic-json" }],
  ])("finds the format of %s", (name, format) => {
    expect(detectAnswerFormat(readFileSync(`${folder}/${name}.jinja`, "utf8"))).toEqual(format);
  });
});
