import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Message, parseMessages, parseTools, type ToolDefinition } from "@palaver/core";
import { type ScriptedModelOptions, scriptedModel } from "@palaver/core/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type AppOptions, createApp } from "../app.ts";
import { singleModel } from "../model-provider.ts";
import type { StoredConversation } from "../palaver/conversation-log.ts";
import { type FileConversationLog, openConversationLog } from "./file-conversation-log.ts";
import { listen, type RunningServer } from "./listen.ts";

let folder = "";
let path = "";
const closing: (() => Promise<void>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "palaver-log-"));
  path = join(folder, "log.jsonl");
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true });
});

interface Served {
  readonly server: RunningServer;
  readonly log: FileConversationLog;
  readonly errors: unknown[];
}

async function serve(
  model: Partial<ScriptedModelOptions> = {},
  options: Partial<AppOptions> & { readonly maxBytes?: number } = {},
): Promise<Served> {
  const log = await openConversationLog(path, options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes });
  const errors: unknown[] = [];
  const models = singleModel(scriptedModel({ answers: () => "Hello!", ...model }));
  const fixed = {
    models,
    version: "1",
    now: Date.now,
    random: Math.random,
    onError: (error: unknown) => errors.push(error),
  };
  const server = await listen(createApp({ ...fixed, log, ...options }), { port: 0 });
  closing.push(
    () => log.close(),
    () => server.close({ drainMs: 0 }),
  );
  return { server, log, errors };
}

function post(server: RunningServer, route: string, body: object, headers: Record<string, string> = {}) {
  const all = { "content-type": "application/json", ...headers };
  return fetch(`${server.url}${route}`, { method: "POST", headers: all, body: JSON.stringify(body) });
}

const hi: Message[] = [{ role: "user", content: "Hi" }];

async function chat(server: RunningServer, change: object = {}, route = "/api/chat"): Promise<string> {
  const response = await post(server, route, { model: "scripted", messages: hi, stream: false, ...change });
  await response.text();
  return response.headers.get("x-palaver-conversation") ?? "";
}

async function exported(server: RunningServer, query = ""): Promise<StoredConversation[]> {
  const text = await (await fetch(`${server.url}/api/palaver/conversations${query}`)).text();
  return text === ""
    ? []
    : text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
}

test.each([
  ["/api/chat", false],
  ["/api/chat", true],
  ["/v1/chat/completions", false],
  ["/v1/chat/completions", true],
])("%s (stream: %s) keeps the conversation under the id that its response names", async (route, stream) => {
  const { server } = await serve();

  const id = await chat(server, { stream }, route);

  expect(await exported(server)).toEqual([
    {
      id,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      model: "scripted",
      messages: [...hi, { role: "assistant", content: "Hello!" }],
    },
  ]);
});

test("generate keeps its prompt as a message, raw text and cut answers are not kept", async () => {
  const { server } = await serve();
  const generate = { model: "scripted", prompt: "Hi", system: "Be kind.", stream: false };

  const named = (await post(server, "/api/generate", generate)).headers.get("x-palaver-conversation");
  const raw = await post(server, "/api/generate", { ...generate, raw: true, options: { num_predict: 3 } });
  await post(server, "/api/generate", { ...generate, options: { num_predict: 2 } });

  const kept = await exported(server);
  expect(raw.headers.get("x-palaver-conversation")).toBeNull();
  expect(kept.map(({ id }) => id)).toEqual([named]);
  expect(kept[0]?.messages[0]).toEqual({ role: "system", content: "Be kind." });
});

test("calls and offered tools are exported so that core reads them back", async () => {
  const tool: ToolDefinition = {
    name: "now",
    parameters: { type: "object", properties: { zone: { type: "string" } } },
  };
  const { server } = await serve({ answers: () => '<call>{"name":"now","arguments":{"zone":"CET"}}</call>' });

  await chat(server, { tools: [{ type: "function", function: tool }] });

  const [kept] = await exported(server);
  const answer = parseMessages(kept?.messages).at(-1);
  expect(parseTools(kept?.tools)).toEqual([tool]);
  expect(answer).toMatchObject({ role: "assistant", toolCalls: [{ name: "now", arguments: { zone: "CET" } }] });
});

test("an answer that goes on with a message of the assistant is one message with it", async () => {
  const { server } = await serve();

  await chat(server, { messages: [...hi, { role: "assistant", content: "Hel" }] });

  expect((await exported(server))[0]?.messages).toEqual([...hi, { role: "assistant", content: "Hello!" }]);
});

test("the newest rating counts, chooses what is exported, and is still known after a restart", async () => {
  const first = await serve();
  const [good, bad, unrated] = [await chat(first.server), await chat(first.server), await chat(first.server)];
  await post(first.server, "/api/palaver/rate", { id: good, rating: -1 });
  const answer = await post(first.server, "/api/palaver/rate", { id: good, rating: 1 });
  await post(first.server, "/api/palaver/rate", { id: bad, rating: -1 });
  await first.server.close();
  await first.log.close();
  closing.length = 0;

  const { server } = await serve();

  expect(await answer.json()).toEqual({ id: good, rating: 1 });
  expect((await exported(server, "?rating=1")).map(({ id, rating }) => [id, rating])).toEqual([[good, 1]]);
  expect((await exported(server, "?rating=-1")).map(({ id }) => id)).toEqual([bad]);
  expect((await exported(server)).map(({ id }) => id)).toEqual([good, bad, unrated]);
});

test.each([
  ["an unknown id", { id: "conv-none", rating: 1 }, 404],
  ["another rating", { id: "x", rating: 5 }, 400],
  ["no id", { rating: 1 }, 400],
  ["an id that is too long", { id: "x".repeat(201), rating: 1 }, 400],
])("a rating with %s is refused", async (_, body, status) => {
  const { server } = await serve();

  const response = await post(server, "/api/palaver/rate", body);

  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ error: expect.any(String) });
});

test("pages of other sites and requests without the key reach neither route", async () => {
  const { server } = await serve({}, { apiKey: "12345678" });
  const key = { authorization: "Bearer 12345678" };

  const noKey = await fetch(`${server.url}/api/palaver/conversations`);
  const withKey = await fetch(`${server.url}/api/palaver/conversations`, { headers: key });
  const foreign = { ...key, origin: "https://example.com" };
  const otherSite = await fetch(`${server.url}/api/palaver/conversations`, { headers: foreign });
  const rating = await post(server, "/api/palaver/rate", { id: "x", rating: 1 });

  expect([noKey.status, withKey.status, otherSite.status, rating.status]).toEqual([401, 200, 403, 401]);
});

test("without a log nothing is kept, no header is sent, and the routes say how to have one", async () => {
  const { server } = await serve({}, { log: undefined });

  const id = await chat(server);
  const response = await fetch(`${server.url}/api/palaver/conversations`);

  expect(id).toBe("");
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({ error: expect.stringContaining("--log FILE") });
  expect(readFileSync(path, "utf8")).toBe("");
});

test("a full log is told to the operator, and answers go on", async () => {
  const { server, errors } = await serve({}, { maxBytes: 10 });

  const response = await post(server, "/api/chat", { model: "scripted", messages: hi, stream: false });

  expect(await response.json()).toMatchObject({ message: { content: "Hello!" } });
  expect(errors).toMatchObject([{ code: "ERR_LIMIT" }]);
});

test("a line that was torn is passed over, and the next one is whole", async () => {
  const first = await serve();
  const id = await chat(first.server);
  await first.server.close();
  await first.log.close();
  closing.length = 0;
  appendFileSync(path, '{"type":"conversation","id":"torn","mess');

  const { server } = await serve();
  const next = await chat(server);

  expect((await exported(server)).map((kept) => kept.id)).toEqual([id, next]);
});

test("the file is its owner's alone, and a file with something else is refused untouched", async () => {
  await serve();
  const other = join(folder, "other.md");
  writeFileSync(other, "# Not a log");

  await expect(openConversationLog(other)).rejects.toMatchObject({ code: "ERR_INVALID_ARGUMENT" });
  expect(readFileSync(other, "utf8")).toBe("# Not a log");
  if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
});

test.each([
  ["to their end", false],
  ["and left early", true],
])("a log that is read thirty times %s warns of nothing and closes", async (_, leavesEarly) => {
  const warnings: unknown[] = [];
  const warn = (warning: unknown) => warnings.push(warning);
  process.on("warning", warn);
  const { server, log } = await serve();
  for (let i = 0; i < 3; i++) await chat(server);

  let read = 0;
  for (let i = 0; i < 30; i++) {
    for await (const _ of log.read()) {
      read++;
      if (leavesEarly) break;
    }
  }
  await log.close();

  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", warn);
  expect(read).toBe(leavesEarly ? 30 : 90);
  expect(warnings).toEqual([]);
});

test("a log that was moved away is exported as it was", async () => {
  const { server } = await serve();
  const id = await chat(server);
  renameSync(path, join(folder, "moved.jsonl"));

  expect((await exported(server)).map((kept) => kept.id)).toEqual([id]);
});

test("many answers at once are kept, each in a line of its own", async () => {
  const { server } = await serve();

  const ids = await Promise.all(Array.from({ length: 12 }, () => chat(server)));

  expect((await exported(server)).map(({ id }) => id).sort()).toEqual(ids.sort());
});
