import { PalaverError } from "@palaver/core";
import { describe, expect, test } from "vitest";
import { type GenerateDataOptions, type GenerateEvent, generateData } from "./generate-data.ts";
import type { Fetch } from "./request-answer.ts";

interface Sent {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: { seed: number; model: string; messages: { content: string }[] };
}

type Reply = string | null | { readonly status: number; readonly retryAfter?: string } | "broken";

/** A server that answers request by request; what it was sent is kept. */
function server(reply: (sent: Sent, count: number) => Reply | Promise<Reply>): { fetch: Fetch; sent: Sent[] } {
  const sent: Sent[] = [];
  const fetch: Fetch = async (url, { headers, body, signal }) => {
    signal.throwIfAborted();
    const request = { url, headers, body: JSON.parse(body) };
    sent.push(request);
    const answer = await reply(request, sent.length);
    if (answer === "broken") throw new PalaverError("ERR_IO", "connection reset");
    if (typeof answer === "object" && answer !== null) {
      const { status, retryAfter = null } = answer;
      return { status, headers: { get: () => retryAfter }, text: async () => "busy" };
    }
    const text = JSON.stringify({ choices: [{ message: { content: answer } }] });
    return { status: 200, headers: { get: () => null }, text: async () => text };
  };
  return { fetch, sent };
}

const written = (question: string) =>
  JSON.stringify({
    messages: [
      { role: "user", content: question },
      { role: "assistant", content: "Yes." },
    ],
  });

const base = {
  url: "http://localhost/v1/",
  model: "big",
  count: 4,
  seed: 10,
  ask: ({ index, random }) => [{ role: "user", content: `Write dialogue ${index} about ${random(0)}.` }],
} satisfies Omit<GenerateDataOptions, "fetch">;

async function run(options: GenerateDataOptions): Promise<GenerateEvent[]> {
  const events: GenerateEvent[] = [];
  for await (const event of generateData(options)) events.push(event);
  return events;
}

describe("generateData", () => {
  test("asks for each dialogue with its own seed and gives them in order, whichever comes first", async () => {
    const { fetch, sent } = server(async ({ body }) => {
      // The first answers are the slowest.
      for (let turn = 0; turn < 40 - 4 * (body.seed - 10); turn++) await Promise.resolve();
      return written(`Question ${body.seed}?`);
    });

    const events = await run({ ...base, fetch, apiKey: "key", body: { temperature: 1 } });

    expect(events.map((event) => event.type === "dialogue" && [event.index, event.messages[0]!.content])).toEqual(
      [0, 1, 2, 3].map((index) => [index, `Question ${10 + index}?`]),
    );
    expect(sent[0]).toMatchObject({
      url: "http://localhost/v1/chat/completions",
      headers: { authorization: "Bearer key" },
      body: { model: "big", seed: 10, temperature: 1 },
    });
    expect(new Set(sent.map(({ body }) => body.messages[0]!.content)).size).toBe(4);
  });

  test("never has more requests under way than asked for", async () => {
    let running = 0;
    let most = 0;
    const { fetch } = server(async ({ body }) => {
      most = Math.max(most, ++running);
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
      running--;
      return written(String(body.seed));
    });

    await run({ ...base, fetch, count: 12, concurrency: 3 });

    expect(most).toBe(3);
  });

  test("reports bad answers with the reason and goes on", async () => {
    const bad = [
      "I cannot do that.",
      "[]",
      '{"messages": "none"}',
      '{"messages": [{"role":"user","content":"x"}]}',
      '[{"role":"assistant","content":"x"},{"role":"assistant","content":"y"}]',
      '[{"role":"user","content":" "},{"role":"assistant","content":"y"}]',
      "null",
      "x".repeat(100_001),
      `\`\`\`json\n${written("fenced?")}\n\`\`\``,
    ];
    const { fetch } = server(({ body }) => bad[body.seed - 10]!);

    const events = await run({ ...base, fetch, count: bad.length });

    expect(events.map(({ type }) => type)).toEqual([...Array(8).fill("bad-answer"), "dialogue"]);
    for (const event of events.slice(0, 8)) expect(event).toMatchObject({ reason: expect.stringMatching(/.{8}/) });
  });

  test("takes nothing twice, small changes aside, and not what an earlier run gave", async () => {
    const { fetch, sent } = server(({ body }) =>
      written(["Are you there?", "ARE you  there!", "Old one?", "New?"][body.seed - 10]!),
    );
    const first = (await run({ ...base, fetch, count: 1 })) as GenerateEvent[];
    const old: GenerateEvent = {
      type: "dialogue",
      index: 99,
      messages: [
        { role: "user", content: "old one" },
        { role: "assistant", content: "yes" },
      ],
    };
    sent.length = 0;

    const events = await run({ ...base, fetch, done: [...first, old] });

    expect(sent.map(({ body }) => body.seed)).toEqual([11, 12, 13]);
    expect(events.map(({ type, index }) => [type, index])).toEqual([
      ["duplicate", 1],
      ["duplicate", 2],
      ["dialogue", 3],
    ]);
  });

  test("takes nothing twice within one run", async () => {
    const { fetch } = server(() => written("Always the same?"));

    const events = await run({ ...base, fetch, count: 3 });

    expect(events.map(({ type }) => type)).toEqual(["dialogue", "duplicate", "duplicate"]);
  });

  test("waits and tries again when the server is busy or fails, as long as it asks", async () => {
    const delays: number[] = [];
    const sleep = async (ms: number) => void delays.push(ms);
    const replies: Reply[] = [
      { status: 429, retryAfter: "7" },
      { status: 503 },
      "broken",
      { status: 429, retryAfter: "soon" },
      written("x"),
    ];
    const { fetch } = server((_, count) => replies[count - 1]!);

    const events = await run({ ...base, fetch, count: 1, sleep });

    expect(events.map(({ type }) => type)).toEqual(["retry", "retry", "retry", "retry", "dialogue"]);
    expect(delays[0]).toBe(7000);
    // 500 ms, doubled at each try, of which half is drawn.
    for (const [index, delay] of delays.slice(1).entries()) {
      expect(delay).toBeGreaterThanOrEqual(500 * 2 ** index);
      expect(delay).toBeLessThanOrEqual(1000 * 2 ** index);
    }
  });

  test.each([
    [400, "ERR_INVALID_ARGUMENT", 1],
    [401, "ERR_INVALID_ARGUMENT", 1],
    [500, "ERR_IO", 3],
  ])("gives up on status %d", async (status, code, tries) => {
    const { fetch, sent } = server(() => ({ status }));

    await expect(run({ ...base, fetch, count: 1, maxRetries: 2, sleep: async () => {} })).rejects.toMatchObject({
      code,
    });

    expect(sent).toHaveLength(tries);
  });

  test("gives up on a server that asks to wait for longer than an hour", async () => {
    const { fetch } = server(() => ({ status: 429, retryAfter: "86400" }));

    await expect(run({ ...base, fetch })).rejects.toMatchObject({ code: "ERR_IO" });
  });

  test("a question that the server refuses, or answers without a text, costs that question alone", async () => {
    const replies: Reply[] = [written("One?"), { status: 400 }, null, { status: 422 }, written("Five?")];
    const { fetch } = server((_, count) => replies[count - 1]!);

    const events = await run({ ...base, fetch, count: 5, concurrency: 1 });

    expect(events.map(({ type, index }) => [type, index])).toEqual([
      ["dialogue", 0],
      ["bad-answer", 1],
      ["bad-answer", 2],
      ["bad-answer", 3],
      ["dialogue", 4],
    ]);
    expect(events[1]).toMatchObject({ reason: expect.stringContaining("status 400"), answer: "" });
  });

  test("tells of a retry before it waits", async () => {
    const { fetch } = server((_, count) => (count === 1 ? { status: 503 } : written("x")));
    let wake = () => {};
    const sleep = () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      });
    const events: string[] = [];

    for await (const event of generateData({ ...base, fetch, count: 1, sleep })) {
      events.push(event.type);
      wake();
    }

    expect(events).toEqual(["retry", "dialogue"]);
  });

  test.each([
    ["a key with a line end", { apiKey: "sk-secret\n# old" }],
    ["a key that no header can hold", { apiKey: "sk-secrét" }],
    ["an address with a password", { url: "http://me:sk-secret@localhost/v1" }],
    ["what is no address", { url: "sk-secret" }],
  ])("refuses %s before anything is sent, and does not show it", async (_, options) => {
    const { fetch, sent } = server(() => written("x"));

    const error = await run({ ...base, fetch, ...options }).catch((error: unknown) => error);

    expect(error).toMatchObject({ code: "ERR_INVALID_ARGUMENT", message: expect.not.stringContaining("secr") });
    expect(sent).toEqual([]);
  });

  test("stops all requests when the reader leaves or aborts", async () => {
    const signals: AbortSignal[] = [];
    const { fetch } = server(({ body }) => written(String(body.seed)));
    const watched: Fetch = (url, init) => {
      signals.push(init.signal);
      return fetch(url, init);
    };
    const reason = new PalaverError("ERR_CLOSED", "enough");

    for await (const _ of generateData({ ...base, fetch: watched, count: 100 })) break;
    await expect(run({ ...base, fetch, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);

    expect(signals.every((signal) => signal.aborted)).toBe(true);
    expect(signals.length).toBeLessThan(10);
  });
});
