import { readFileSync } from "node:fs";
import { describeSharedData } from "@palaver/test-data";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Example } from "./example.ts";
import { type DataEvent, type ReadExamplesOptions, readExamples } from "./read-examples.ts";

async function read(text: string, options: ReadExamplesOptions = {}): Promise<DataEvent[]> {
  const events: DataEvent[] = [];
  for await (const event of readExamples(text.split("\n"), options)) events.push(event);
  return events;
}

async function readOne(record: unknown): Promise<Example> {
  const [event] = await read(JSON.stringify(record));
  return event?.type === "example" ? event.example : expect.fail(JSON.stringify(event));
}

const hello = { type: "dialogue", tools: [], train: [true, true] };
const said = [
  { role: "user", content: "Hi" },
  { role: "assistant", content: "Hello" },
];

describe("readExamples", () => {
  test.each([
    ["messages", { messages: said }],
    [
      "ShareGPT",
      {
        conversations: [
          { from: "human", value: "Hi" },
          { from: "gpt", value: "Hello" },
        ],
      },
    ],
    ["Alpaca", { instruction: "Hi", input: "", output: "Hello" }],
  ])("reads a dialogue in the form of %s", async (_, record) => {
    expect(await readOne(record)).toEqual({ ...hello, messages: said });
  });

  test("reads calls of tools, their results and the tools of ShareGPT", async () => {
    const example = await readOne({
      system: "Be brief.",
      tools: JSON.stringify([{ name: "add", parameters: { type: "object" } }]),
      conversations: [
        { from: "human", value: "1 + 2?" },
        { from: "function_call", value: '{"name":"add","arguments":{"a":1,"b":2}}' },
        { from: "observation", value: "3" },
        { from: "gpt", value: "Three." },
      ],
    });

    expect(example).toMatchObject({
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user" },
        { role: "assistant", toolCalls: [{ name: "add", arguments: { a: 1, b: 2 } }] },
        { role: "tool", content: "3" },
        { role: "assistant", content: "Three." },
      ],
      tools: [{ name: "add", parameters: { type: "object" } }],
    });
  });

  test("keeps an Alpaca record's input, system text and history", async () => {
    const example = await readOne({
      instruction: "Sort.",
      input: "b a",
      output: "a b",
      system: "You sort.",
      history: [["Hi", "Hello"]],
    });

    expect(example).toMatchObject({
      messages: [
        { content: "You sort." },
        { content: "Hi" },
        { content: "Hello" },
        { content: "Sort.\nb a" },
        { content: "a b" },
      ],
    });
  });

  test("notes which messages are not to be learnt", async () => {
    const dialogue = [...said, { role: "user", content: "?" }, { role: "assistant", content: "!" }];

    expect(await readOne({ messages: [said[0], { ...said[1], train: false }, ...dialogue.slice(2)] })).toMatchObject({
      train: [true, false, true, true],
    });
    expect(await readOne({ messages: [said[0], { ...said[1], weight: 0 }, ...dialogue.slice(2)] })).toMatchObject({
      train: [true, false, true, true],
    });
    expect(await readOne({ prompt: dialogue.slice(0, 3), completion: dialogue.slice(3) })).toMatchObject({
      train: [false, false, false, true],
    });
  });

  test("reads texts, completions and code", async () => {
    expect(await readOne({ text: "Once." })).toEqual({ type: "text", text: "Once." });
    expect(await readOne("Once.")).toEqual({ type: "text", text: "Once." });
    expect(await readOne({ prompt: "2 + 2 =", completion: " 4" })).toEqual({
      type: "completion",
      prompt: "2 + 2 =",
      completion: " 4",
    });
    expect(await readOne({ code: "x = 1", path: "a.py" })).toEqual({ type: "code", text: "x = 1", path: "a.py" });
  });

  test("a broken first line makes no text of the records behind it", async () => {
    const events = await read(`# exported\n\n${JSON.stringify({ messages: said })}\n`);

    expect(events).toMatchObject([
      { type: "bad-line", line: 1, reason: expect.stringContaining("no JSON") },
      { type: "example", line: 3, example: { messages: said } },
    ]);
  });

  test("reads plain text, whole or between separators, and long text in pieces", async () => {
    const texts = async (text: string, options?: ReadExamplesOptions) =>
      (await read(text, options)).map(
        (event) => event.type === "example" && event.example.type === "text" && [event.line, event.example.text],
      );

    expect(await texts("Once\n\nupon.")).toEqual([[1, "Once\n\nupon."]]);
    expect(await texts("a\nb\n---\n---\nc\n", { separator: "---" })).toEqual([
      [1, "a\nb"],
      [5, "c\n"],
    ]);
    expect(await texts("aaaa\nbbbb\ncccc", { maxRecordCharacters: 10 })).toEqual([
      [1, "aaaa\nbbbb"],
      [3, "cccc"],
    ]);
  });

  test("reports each bad line with its number and a reason, and goes on", async () => {
    const lines = [
      '{"text": "a"}',
      "{",
      "",
      '{"messages": []}',
      '{"messages": [{"role": "king", "content": "x"}]}',
      '{"unknown": 1, "keys": 2}',
      "7",
      '{"conversations": [{"from": "human", "value": "x"}]}',
      '{"conversations": [{"from": "toString", "value": "x"}]}',
      '{"conversations": [{"from": "function_call", "value": "x"}]}',
      '{"instruction": "x", "output": " "}',
      '{"text": ""}',
      `{"text": "${"a".repeat(300)}"}`,
      '{"text": "b"}',
    ];

    const events = await read(lines.join("\n"), { maxRecordCharacters: 200 });

    expect(events.map(({ type, line }) => [type, line])).toEqual(
      lines.flatMap((line, index) => {
        if (line === "") return [];
        return [[index === 0 || index === lines.length - 1 ? "example" : "bad-line", index + 1]];
      }),
    );
    const reasons = events.flatMap((event) => (event.type === "bad-line" ? [event.reason] : []));
    expect(reasons[2]).toContain("messages[0].role");
    expect(reasons[3]).toContain("unknown, keys");
    expect(reasons.at(-1)).toContain("200 characters");
    for (const reason of reasons) expect(reason.length).toBeGreaterThan(10);
  });

  test("reads a JSON array as the same records one a line, however it is laid out", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ text: fc.string({ unit: "binary" }) }), { minLength: 1 }),
        fc.nat({ max: 4 }),
        async (records, indent) => {
          const fromArray = await read(JSON.stringify(records, null, indent));
          const fromLines = await read(records.map((record) => JSON.stringify(record)).join("\n"));

          const bare = (events: DataEvent[]) => events.map(({ line: _, ...event }) => event);
          expect(bare(fromArray)).toEqual(bare(fromLines));
        },
      ),
    );
  });

  test("says on which lines an array's elements begin", async () => {
    const events = await read('\n[\n  "a",\n\n  {"text":\n"b"}, "c" ]\n');

    expect(events.map(({ line, type }) => [line, type])).toEqual([
      [3, "example"],
      [5, "example"],
      [6, "example"],
    ]);
  });

  test.each([
    ["[1, 2", 2],
    ['["a"', 1],
    ['["a",]', 2],
    ['["a"] x', 2],
    ['["a", {]', 2],
  ])("reports what is wrong with the array %j", async (text, count) => {
    const events = await read(text);

    expect(events).toHaveLength(count);
    expect(events.at(-1)!.type).toBe("bad-line");
  });

  test("holds no more of an element than its limit allows", async () => {
    const events = await read(`["${"a".repeat(1000)}", "b"]`, { maxRecordCharacters: 100 });

    expect(events.map(({ type }) => type)).toEqual(["bad-line", "example"]);
  });

  test("takes rated records only from the rating asked for", async () => {
    const lines = [1, 5, "5", undefined].map((rating) => JSON.stringify({ messages: said, rating })).join("\n");

    const events = await read(lines, { minRating: 4 });

    expect(events.map(({ type }) => type)).toEqual(["left-out", "example", "left-out", "left-out"]);
    expect((await read(lines)).map(({ type }) => type)).toEqual(Array(4).fill("example"));
  });

  test("closes the lines that it reads when the reader leaves", async () => {
    let isClosed = false;
    async function* lines(): AsyncGenerator<string> {
      try {
        for (;;) yield '"a"';
      } finally {
        isClosed = true;
      }
    }

    for await (const _ of readExamples(lines())) break;

    expect(isClosed).toBe(true);
  });
});

describeSharedData(
  "published data sets",
  [
    "dialogue/fastchat/dummy_conversation.json",
    "dialogue/llama-factory/identity.json",
    "dialogue/llama-factory/glaive_toolcall_en_demo.json",
    "dialogue/tinystories/tinystories_1000.json",
  ],
  (...paths) => {
    test.each(paths)("reads every record of %s", async (path) => {
      const text = readFileSync(path, "utf8");

      const events = await read(text);

      expect(events.filter(({ type }) => type !== "example")).toEqual([]);
      expect(events).toHaveLength(JSON.parse(text).length);
    });
  },
);
