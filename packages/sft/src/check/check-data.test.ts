import { chatmlTemplate, loadTemplate } from "@palaver/template";
import { describe, expect, test } from "vitest";
import { type DataEvent, readExamples } from "../data/read-examples.ts";
import { dataReportHtml } from "../report/data-report-html.ts";
import { chatmlTokenizer as tokenizer, twoTurns } from "../testing/dialogue.ts";
import { type CheckDataOptions, checkData } from "./check-data.ts";

const template = chatmlTemplate();
const options: CheckDataOptions = { template, tokenizer, maxTokens: 200 };

const example = (line: number): DataEvent => ({ type: "example", line, example: twoTurns });
const text = (line: number, length: number): DataEvent => ({
  type: "example",
  line,
  example: { type: "text", text: "a".repeat(length) },
});

describe("checkData", () => {
  test("counts what there is and what is learnt", async () => {
    const report = await checkData([example(1), text(2, 10), text(3, 300)], options);

    // "A parrot." and "Hi!" with their ends; texts have a begin and an end, of which the begin is not learnt.
    expect(report.trainedTokens).toBe(10 + 4 + 11 + 301);
    expect(report).toMatchObject({
      isUsable: true,
      types: { dialogue: 1, text: 2 },
      usable: 3,
      tooLong: 1,
      badLines: 0,
      problems: [],
    });
    expect(report.histogram.reduce((sum, { examples }) => sum + examples, 0)).toBe(3);
    expect(report.histogram.find(({ maxTokens }) => maxTokens === 16)?.examples).toBe(1);
    expect(report.histogram.at(-1)).toEqual({ maxTokens: 512, examples: 1 });
  });

  test("an answer longer than a row is left out, a text is cut and learnt as a whole", async () => {
    const report = await checkData([example(1), text(2, 300)], { ...options, maxTokens: 20 });

    expect(report).toMatchObject({ isUsable: true, usable: 1, tooLong: 2, trainedTokens: 301 });
  });

  test("finds an unstable template behind any number of dialogues that do not show it", async () => {
    const template = loadTemplate({
      source:
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{% if loop.last and m.role == 'assistant' %}<think></think>{% endif %}{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}",
    });
    const short = { ...twoTurns, messages: twoTurns.messages.slice(0, 3), train: twoTurns.train.slice(0, 3) };
    const events = Array.from({ length: 150 }, (_, line): DataEvent => ({ type: "example", line, example: short }));

    const report = await checkData([...events, example(150)], { ...options, template });

    expect(report.problemCounts).toEqual({ "template-unstable": 1 });
  });

  test("shows which words are learnt", async () => {
    const { previews } = await checkData([example(7)], { ...options, previews: 1 });

    expect(previews[0]!.line).toBe(7);
    expect(previews[0]!.pieces.flatMap(({ text, isTrained }) => (isTrained ? [text] : []))).toEqual([
      "A parrot.<|im_end|>",
      "Hi!<|im_end|>",
    ]);
  });

  test("counts bad lines and lines left out, and is usable without them", async () => {
    const lines = [JSON.stringify({ messages: twoTurns.messages, rating: 5 }), "{", '{"text":"a","rating":1}'];

    const report = await checkData(readExamples(lines, { minRating: 3 }), options);

    expect(report).toMatchObject({ isUsable: true, badLines: 1, leftOut: 1, usable: 1 });
    expect(report.badLineReasons[0]).toMatchObject({ line: 2 });
  });

  test("finds problems with their lines, lists as many as asked for and counts all", async () => {
    const silent = { ...twoTurns, train: twoTurns.messages.map(() => false) };
    const events = [1, 2, 3].map((line): DataEvent => ({ type: "example", line, example: silent }));

    const report = await checkData([...events, example(4)], { ...options, maxListed: 2 });

    expect(report.isUsable).toBe(false);
    expect(report.problems.map(({ line, code }) => [line, code])).toEqual([
      [1, "mask-empty"],
      [2, "mask-empty"],
    ]);
    expect(report.problemCounts).toEqual({ "mask-empty": 3 });
    expect(report.usable).toBe(1);
  });

  test("is not usable without a single example, or with dialogues and no template", async () => {
    expect((await checkData([], options)).isUsable).toBe(false);
    expect(await checkData([example(1)], { tokenizer, maxTokens: 200 })).toMatchObject({
      isUsable: false,
      problemCounts: { "not-encodable": 1 },
    });
  });

  test("refuses a row of no length", async () => {
    await expect(checkData([], { ...options, maxTokens: 1 })).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });
  });
});

describe("dataReportHtml", () => {
  const hostile = `</pre><script>alert("1")</script>'&\u0000\ud800`;

  test("escapes everything that comes from data", async () => {
    const events: DataEvent[] = [
      { type: "example", line: 1, example: { type: "text", text: hostile } },
      { type: "bad-line", line: 2, reason: hostile },
    ];

    const report = await checkData(events, options);
    const problems = [{ line: 1, code: "mask-refused" as const, message: hostile }];
    const html = dataReportHtml({ ...report, problems }, { title: hostile });

    expect(html).not.toContain("<script");
    expect(html).not.toContain("\u0000");
    expect(html).not.toMatch(/[\ud800-\udfff]/);
    // Title twice, bad line, problem, preview.
    expect(html.split("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;")).toHaveLength(6);
  });

  test("marks what is learnt and gives the verdict", async () => {
    const good = dataReportHtml(await checkData([example(1)], options));
    const bad = dataReportHtml(await checkData([], options));

    expect(good).toContain("<mark>A parrot.&lt;|im_end|&gt;</mark>");
    expect(good).toContain('class="good"');
    expect(bad).toContain('class="bad"');
  });
});
