import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { segmentsText } from "@palaver/core";
import { describeSharedData } from "@palaver/test-data";
import { describe, expect, test } from "vitest";
import type { FimFormat, FimRequest } from "./fim-format.ts";
import { fimFormats } from "./fim-formats.ts";
import { findFim } from "./find-fim.ts";
import { renderFim } from "./render-fim.ts";

const hole: FimRequest = { prefix: "P", suffix: "S" };
const repository: FimRequest = {
  ...hole,
  files: [
    { path: "a.py", text: "A" },
    { path: "b.py", text: "B" },
  ],
  repository: "R",
  path: "c.py",
  language: "Python",
};

const vocabularyOf = (tokens: readonly string[]) => ({
  tokenToId: (token: string) => (tokens.includes(token) ? 1000 + tokens.indexOf(token) : undefined),
  special: {},
});

const formatWith = (...tokens: string[]): FimFormat => findFim(vocabularyOf(tokens)) ?? expect.fail("no format found");

const qwen = ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>"];
const gemma = ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|file_separator|>"];
const angles = ["<fim_prefix>", "<fim_suffix>", "<fim_middle>"];
const geex = ["<|code_prefix|>", "<|code_suffix|>", "<|code_middle|>", "<|user|>", "<|assistant|>"];
const deepseek = ["<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"];

describe("renderFim", () => {
  test.each([
    ["Qwen Coder", qwen, "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>"],
    ["CodeGemma", gemma, "<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>"],
    ["StarCoder 2", [...angles, "<repo_name>", "<file_sep>"], "<fim_prefix>P<fim_suffix>S<fim_middle>"],
    ["StarCoder", [...angles, "<reponame>", "<filename>"], "<fim_prefix>P<fim_suffix>S<fim_middle>"],
    ["StableCode", angles, "<fim_prefix>P<fim_suffix>S<fim_middle>"],
    ["SantaCoder", ["<fim-prefix>", "<fim-suffix>", "<fim-middle>"], "<fim-prefix>P<fim-suffix>S<fim-middle>"],
    ["DeepSeek Coder", deepseek, "<｜fim▁begin｜>P<｜fim▁hole｜>S<｜fim▁end｜>"],
    ["Code Llama", ["<PRE>", "<SUF>", "<MID>"], "<PRE> P <SUF>S <MID>"],
    ["Code Llama as SentencePiece spells it", ["▁<PRE>", "▁<SUF>", "▁<MID>"], "▁<PRE> P▁<SUF>S▁<MID>"],
    ["Codestral", ["[PREFIX]", "[SUFFIX]"], "[SUFFIX]S[PREFIX]P"],
    [
      "CodeGeeX",
      geex,
      "<|user|>\n###PATH:\n###LANGUAGE:\n###MODE:BLOCK\n<|code_suffix|>S<|code_prefix|>P<|code_middle|><|assistant|>\n",
    ],
  ])("writes the published prompt of %s", (_, tokens, prompt) => {
    expect(segmentsText(renderFim(formatWith(...tokens), hole).segments)).toBe(prompt);
  });

  test.each([
    [
      "Qwen Coder",
      qwen,
      "<|repo_name|>R\n<|file_sep|>a.py\nA\n<|file_sep|>b.py\nB\n<|file_sep|>c.py\n<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
    ],
    [
      "CodeGemma",
      gemma,
      "a.py\nA<|file_separator|>b.py\nB<|file_separator|>c.py\n<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>",
    ],
    [
      "StarCoder 2",
      [...angles, "<repo_name>", "<file_sep>"],
      "<repo_name>R<file_sep>a.py\nA<file_sep>b.py\nB<file_sep><fim_prefix>c.py\nP<fim_suffix>S<fim_middle>",
    ],
    [
      "StarCoder",
      [...angles, "<reponame>", "<filename>"],
      "<fim_prefix><reponame>R<filename>a.py\nA<filename>b.py\nB<filename>c.py\nP<fim_suffix>S<fim_middle>",
    ],
    ["DeepSeek Coder", deepseek, "<｜fim▁begin｜>#a.py\nA\n#b.py\nB\n#c.py\nP<｜fim▁hole｜>S<｜fim▁end｜>"],
    ["Codestral", ["[PREFIX]", "[SUFFIX]"], "[SUFFIX]S[PREFIX]+++++ a.py\nA\n\n+++++ b.py\nB\n\n+++++ c.py\nP"],
    [
      "CodeGeeX",
      geex,
      "<|user|>\n###REFERENCE:\n###PATH:a.py\nA\n###REFERENCE:\n###PATH:b.py\nB\n###PATH:c.py\n###LANGUAGE:Python\n" +
        "###MODE:BLOCK\n<|code_suffix|>S<|code_prefix|>P<|code_middle|><|assistant|>\n",
    ],
  ])("writes the other files as %s reads them", (_, tokens, prompt) => {
    expect(segmentsText(renderFim(formatWith(...tokens), repository).segments)).toBe(prompt);
  });

  test.each([
    ["Code Llama", ["<PRE>", "<SUF>", "<MID>"], "<PRE> <SUF>S <MID> P"],
    ["StarCoder", [...angles, "<reponame>", "<filename>"], "<fim_prefix><fim_suffix>S<fim_middle>P"],
    ["SantaCoder", ["<fim-prefix>", "<fim-suffix>", "<fim-middle>"], "<fim-prefix><fim-suffix>S<fim-middle>P"],
  ])("puts the suffix of %s first on request", (_, tokens, prompt) => {
    expect(segmentsText(renderFim(formatWith(...tokens), hole, { order: "spm" }).segments)).toBe(prompt);
  });

  test("leaves out what is empty", () => {
    const { segments } = renderFim(formatWith(...qwen), { prefix: "", suffix: "" });

    expect(segments.map(({ text }) => text)).toEqual(qwen.slice(0, 3));
  });

  test("refuses an order that the family was not trained on", () => {
    expect(() => renderFim(formatWith(...qwen), hole, { order: "spm" })).toThrow(
      expect.objectContaining({ code: "ERR_UNSUPPORTED" }),
    );
  });

  test("refuses other files where the family has no place for them", () => {
    expect(() => renderFim(formatWith("<PRE>", "<SUF>", "<MID>"), repository)).toThrow(
      expect.objectContaining({ code: "ERR_UNSUPPORTED" }),
    );
  });

  test.each(fimFormats)("writes the same around any code for $name", (format) => {
    const spelled = { prefix: format.markers.join(""), suffix: format.stopTokens.join("") };
    const ours = ({ files, ...request }: FimRequest): string[] => {
      const { segments } = renderFim(format, format.takesFiles ? { ...request, files: files ?? [] } : request);
      return segments.filter(({ origin }) => origin === "template").map(({ text }) => text);
    };

    expect(ours({ ...repository, ...spelled })).toEqual(ours(repository));
  });
});

describeSharedData(
  "fill in the middle of published tasks",
  "eval/humaneval-infilling/HumanEval-RandomSpanInfillingLight.jsonl.gz",
  (path = "") => {
    const tasks: { prompt: string; suffix: string }[] = gunzipSync(readFileSync(path))
      .toString("utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));

    test.each(fimFormats)("keeps the code of every task in the prompt of $name", (format) => {
      for (const { prompt, suffix } of tasks) {
        const { segments } = renderFim(format, { prefix: prompt, suffix });

        const written = segments.filter(({ origin }) => origin === "content").map(({ text }) => text);
        const given = (format.layouts.psm ? [prompt, suffix] : [suffix, prompt]).filter((text) => text !== "");
        expect(written).toEqual(given);
      }
    });
  },
);
