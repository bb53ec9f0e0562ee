import type { AnswerPiece } from "@palaver/core";
import { type ComparableEvent, joinEvents, parseAnswer } from "@palaver/core/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AnswerFormat } from "./answer-format.ts";
import { answerParserFor } from "./answer-parser.ts";
import { type CallFormatName, callFormats } from "./call-formats.ts";
import { reasoningFormats } from "./reasoning-format.ts";

const tools = [{ name: "now" }, { name: "get_weather" }, { name: "code_interpreter" }];
const formatNames = Object.keys(callFormats) as CallFormatName[];
const formats: AnswerFormat[] = formatNames.flatMap((calls) => [
  { calls },
  { calls, reasoning: calls === "command-r" ? "command-r" : "think" } as const,
]);

// The words that matter to some format, so that random answers come near to calls.
const markers = [
  ...formatNames.flatMap((name) => callFormats[name].openers?.(tools).flatMap((o) => [o.marker, o.close ?? ""]) ?? []),
  ...Object.values(reasoningFormats).flatMap(({ open, close }) => [open, close]),
  "[ARGS]",
  "[CALL_ID]",
  "<｜tool▁sep｜>",
  "<|eot_id|>",
].filter((marker) => marker !== "");
const fragments = [
  ...markers,
  ...markers.map((marker) => marker.slice(0, -2)),
  '{"name": "now", "arguments": {}}',
  '{"name": "get_weather", "parameters": {"city": "Oslo"}}',
  '{"name": "now", "arguments": {"a": "',
  '{"tool_name": "now", "parameters": {}}',
  "[now(a='b', c=[1, {'d': None}])]",
  "now.call(a='b')",
  "function",
  "```json\n",
  "```",
  ..."[]{}()\"'\\:;,=<| \n\t",
  "now(",
  "a",
  "🙂",
];

const anyPiece: fc.Arbitrary<AnswerPiece> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...fragments).map((text) => ({ text })) },
  { weight: 1, arbitrary: fc.constantFrom(...markers).map((control) => ({ text: control, control })) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 6 }).map((text) => ({ text })) },
);
const anyAnswer = fc.array(anyPiece, { maxLength: 24 });
const anyOptions = fc.record({
  format: fc.constantFrom(...formats),
  tools: fc.constantFrom(tools, []),
  startsInReasoning: fc.boolean(),
});

function joinText(pieces: readonly AnswerPiece[]): AnswerPiece[] {
  const joinedPieces: AnswerPiece[] = [];
  for (const piece of pieces) {
    const last = joinedPieces.at(-1);
    if (piece.control === undefined && last !== undefined && last.control === undefined) {
      joinedPieces[joinedPieces.length - 1] = { text: last.text + piece.text };
    } else {
      joinedPieces.push(piece);
    }
  }
  return joinedPieces;
}

const splitText = (pieces: readonly AnswerPiece[]): AnswerPiece[] =>
  pieces.flatMap((piece) => (piece.control === undefined ? piece.text.split("").map((text) => ({ text })) : [piece]));

const textOf = (events: readonly ComparableEvent[]): string =>
  events.map((event) => ("text" in event ? event.text : "raw" in event ? event.raw : "")).join("");

describe("answerParserFor", () => {
  test("gives the same events however the answer is cut into pieces", () => {
    fc.assert(
      fc.property(anyAnswer, anyOptions, (pieces, options) => {
        const cuts = [pieces, joinText(pieces), splitText(pieces)];

        const [asDrawn, whole, single] = cuts.map((cut) => joinEvents(parseAnswer(answerParserFor(options), cut)));

        expect(asDrawn).toEqual(whole);
        expect(single).toEqual(whole);
      }),
      { numRuns: 3000 },
    );
  });

  test("gives an answer of text back as it is where no tool was offered", () => {
    fc.assert(
      // Command R sets two markers around every answer.
      fc.property(anyAnswer, fc.constantFrom(...formatNames.filter((n) => n !== "command-r")), (pieces, calls) => {
        const texts = pieces.filter((piece) => piece.control === undefined);

        const events = joinEvents(parseAnswer(answerParserFor({ format: { calls } }), texts));

        expect(textOf(events)).toBe(texts.map((piece) => piece.text).join(""));
      }),
      { numRuns: 500 },
    );
  });

  test("reports no call where no tool was offered", () => {
    fc.assert(
      fc.property(anyAnswer, anyOptions, (pieces, options) => {
        const events = parseAnswer(answerParserFor({ ...options, tools: [] }), pieces);

        expect(events.filter(({ type }) => type === "tool-call")).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test("gives arguments that survive JSON, and ids that differ", () => {
    fc.assert(
      fc.property(anyAnswer, anyOptions, (pieces, options) => {
        const events = parseAnswer(answerParserFor(options), pieces);

        const calls = events.filter((event) => event.type === "tool-call");
        for (const call of calls) expect(JSON.parse(JSON.stringify(call.arguments))).toEqual(call.arguments);
        expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
      }),
      { numRuns: 1000 },
    );
  });

  test("holds text back exactly while it is blank or can still become the marker", () => {
    const marker = "<tool_call>";
    const held = /[ \n]*(?:<(?:t(?:o(?:o(?:l(?:_(?:c(?:a(?:ll?)?)?)?)?)?)?)?)?)?$/;
    const nearMarker = fc.string({ unit: fc.constantFrom(..."<tool_ca", " ", "\n", "x"), maxLength: 40 });
    fc.assert(
      fc.property(nearMarker, (answer) => {
        fc.pre(!answer.includes(marker));
        const parser = answerParserFor({ format: { calls: "hermes" }, tools });

        let given = "";
        for (let end = 1; end <= answer.length; end++) {
          given += textOf(parser.push({ text: answer.charAt(end - 1) }));

          expect(given).toBe(answer.slice(0, end).replace(held, ""));
        }
      }),
      { numRuns: 500 },
    );
  });

  test("gives text at once in a format that nothing in it can begin", () => {
    const parser = answerParserFor({ format: { calls: "hermes", reasoning: "think" }, tools });

    expect(["Hel", "lo", " the", "re"].map((text) => parser.push({ text }))).toEqual([
      [{ type: "text-delta", text: "Hel" }],
      [{ type: "text-delta", text: "lo" }],
      [{ type: "text-delta", text: " the" }],
      [{ type: "text-delta", text: "re" }],
    ]);
  });

  test("gives a call as soon as its last character has arrived", () => {
    const parser = answerParserFor({ format: { calls: "llama" }, tools });

    expect(parser.push({ text: '{"name": "now", "parameters": {}' })).toEqual([]);
    expect(parser.push({ text: "}" })).toEqual([{ type: "tool-call", id: "call_0", name: "now", arguments: {} }]);
  });

  test("releases JSON at the first sign that makes it an answer and not a call", () => {
    const parser = answerParserFor({ format: { calls: "llama" }, tools });

    expect(parser.push({ text: '{"name": "n' })).toEqual([]);
    expect(parser.push({ text: "u" })).toEqual([{ type: "text-delta", text: '{"name": "nu' }]);
  });

  test("numbers ids from the given index", () => {
    const format: AnswerFormat = { calls: "hermes" };
    const parser = answerParserFor({ format, tools, firstCallIndex: 7 });

    const events = parseAnswer(parser, [{ text: '<tool_call>{"name": "now"}</tool_call>' }]);

    expect(events).toEqual([{ type: "tool-call", id: "call_7", name: "now", arguments: {} }]);
  });

  test("begins in the reasoning that the prompt has opened", () => {
    const prompt = { text: "<think>", segments: [{ text: "<think>", origin: "template" }] } as const;
    const parser = answerParserFor({ format: { calls: "hermes", reasoning: "think" }, prompt });

    expect(parser.push({ text: "Hm" })).toEqual([{ type: "reasoning-delta", text: "Hm" }]);
  });

  test("takes the text that came with a control token as text before it", () => {
    const parser = answerParserFor({ format: { calls: "mistral" }, tools });

    expect(parser.push({ text: "é", control: "[TOOL_CALLS]" })).toEqual([{ type: "text-delta", text: "é" }]);
  });

  test("refuses pieces after the end", () => {
    const parser = answerParserFor({ format: { calls: "hermes" } });
    parser.end();

    expect(() => parser.push({ text: "more" })).toThrow(expect.objectContaining({ code: "ERR_CLOSED" }));
  });
});

test("a long answer of which something is always held back comes through as it is", () => {
  const parser = answerParserFor({ format: { calls: "hermes" }, tools });
  const pieces = Array.from({ length: 20_000 }, (_, index) => ({ text: `b${index} a<` }));

  const events = joinEvents(parseAnswer(parser, pieces));

  expect(events).toEqual([{ type: "text-delta", text: pieces.map(({ text }) => text).join("") }]);
});

describe("the budgets of a call", () => {
  const hermes: AnswerFormat = { calls: "hermes" };
  const nested = (depth: number): string =>
    `<tool_call>{"name": "now", "arguments": {"a": ${"[".repeat(depth)}${"]".repeat(depth)}}}</tool_call>`;

  test("allow nesting to the limit and report what is deeper", () => {
    const types = [62, 63].map((depth) =>
      parseAnswer(answerParserFor({ format: hermes, tools }), [{ text: nested(depth) }]).map(({ type }) => type),
    );

    expect(types).toEqual([["tool-call"], ["tool-call-error"]]);
  });

  test.each([100, 100_000])("report JSON in a JSON string that is nested %i deep", (depth) => {
    const inner = JSON.stringify(`{"a": ${"[".repeat(depth)}${"]".repeat(depth)}}`);
    const text = `<tool_call>{"name": "now", "arguments": ${inner}}</tool_call>`;

    const events = parseAnswer(answerParserFor({ format: hermes, tools }), [{ text }]);

    expect(events.map(({ type }) => type)).toEqual(["tool-call-error"]);
  });

  test("report a longer call with all of its text, and read on behind it", () => {
    const call = `<tool_call>{"name": "now", "arguments": {"a": "${"x".repeat(300_000)}"}}</tool_call>`;

    const events = parseAnswer(answerParserFor({ format: hermes, tools }), [{ text: `${call}ok` }]);

    expect(events).toEqual([
      { type: "tool-call-error", raw: call, reason: expect.stringContaining("longer than 262144") },
      { type: "text-delta", text: "ok" },
    ]);
  });

  test("release an object that names no tool for too long as text", () => {
    const text = `{"arguments": {"a": "${"x".repeat(300_000)}"}, "name": "now"}`;

    const events = parseAnswer(answerParserFor({ format: { calls: "generic-json" }, tools }), [{ text }]);

    expect(joinEvents(events)).toEqual([{ type: "text-delta", text }]);
  });
});

describe("hostile answers", () => {
  const size = 40_000;
  const repeats = [
    "<",
    "<tool_call",
    "<tool_call>",
    "<tool_call>{",
    '<tool_call>{"a": "\\',
    "<think>",
    "</think",
    " ",
    "\n<",
    "[",
    "[now(",
    '{"name": "now", "id": "x", ',
    '{"arguments": {"a": [',
    "functools[",
    "<｜tool▁calls▁begin｜>",
    "<｜tool▁call▁begin｜>f<｜tool▁sep｜>",
    "```json\n",
    '{"name": "now", "parameters": {}}; ',
    "[now(a='\\x",
    "<function=now>{} ",
    '<function=now>{}</function>{"arguments":{"\\"',
  ];

  // Half of the budget for hostile input. Work that grows with the square of the length needs several times as much here.
  test.each(formatNames)("cost at most 5 microseconds of processor time a character: %s", (calls) => {
    for (const unit of repeats) {
      const text = unit.repeat(size / unit.length);
      const parser = answerParserFor({ format: { calls, reasoning: "think" }, tools });
      const before = process.cpuUsage();

      for (let i = 0; i < text.length; i += 4) parser.push({ text: text.slice(i, i + 4) });
      parser.end();

      const { user, system } = process.cpuUsage(before);
      expect((user + system) / text.length, unit).toBeLessThan(5);
    }
  });
});
