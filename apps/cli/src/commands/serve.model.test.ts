import { readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { describeSharedData } from "@palaver/test-data";
import { writeTinyModel } from "@palaver/test-model";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { runCaptured } from "../testing/run-captured.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const folder = temporaryFolder();
const model = join(folder, "tiny");

beforeAll(() => writeTinyModel(model));
afterEach(() => vi.unstubAllEnvs());

/** Runs `palaver serve` while `use` talks to it, then presses Ctrl-C. */
async function whileServing(path: string | undefined, use: (url: string) => Promise<void>, flags: string[] = []) {
  let using: Promise<void> | undefined;
  const ended = await runCaptured(["serve", ...(path === undefined ? [] : [path]), "--port", "0", ...flags], {
    onLog: (stderr, press) => {
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(stderr) ?? [];
      if (url !== undefined) using ??= use(url).finally(press);
    },
  });
  await using;
  return ended;
}

async function post(url: string, body: object): Promise<string> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.text();
}

/** The status of an answer to a request that names `host`, which `fetch` would not let it do. */
async function statusOf(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { host }, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on("error", reject);
  });
}

/** What the model says behind its first character; the request is cut off by a limit. */
async function laterText(url: string): Promise<string> {
  const options = { temperature: 0, num_predict: 8 };
  const body = { model: "tiny", messages: [{ role: "user", content: "Hi" }], stream: false, options };
  return JSON.parse(await post(`${url}/api/chat`, body)).message.content.slice(1);
}

/** The text of an NDJSON stream in Ollama's dialect. */
function ollamaText(stream: string): string {
  const lines = stream
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return lines.map((line) => line.response ?? line.message.content).join("");
}

/** The text of a stream of server-sent events in OpenAI's dialect. */
function openaiText(stream: string): string {
  const events = stream.split("\n\n").filter((event) => event.startsWith("data: {"));
  return events.map((event) => JSON.parse(event.slice(6)).choices[0]?.delta.content ?? "").join("");
}

test("serve tells where its models run", async () => {
  const { stderr } = await whileServing(model, async () => {}, ["--device", "cpu", "--threads", "1"]);

  expect(stderr).toMatch(/^palaver: running on cpu, native driver, 1 thread$/m);
});

test("serve answers both dialects with what run answers, and Ctrl-C ends it", async () => {
  const flags = ["--temperature", "0", "--max-tokens", "20"];
  const alone = JSON.parse((await runCaptured(["run", model, "Hi", "--json", ...flags])).stdout).text;
  const messages = [{ role: "user", content: "Hi" }];

  const { code } = await whileServing(model, async (url) => {
    const [ollama, openai] = await Promise.all([
      post(`${url}/api/chat`, { model: "tiny", messages, options: { temperature: 0, num_predict: 20 } }),
      post(`${url}/v1/chat/completions`, { model: "tiny", messages, temperature: 0, max_tokens: 20, stream: true }),
    ]);
    expect(ollamaText(ollama)).toBe(alone);
    expect(openaiText(openai)).toBe(alone);
  });

  expect(code).toBe(0);
});

test("without MODEL, and where the starter is not built, the server still tells its version, and that it has none", async () => {
  process.env.PALAVER_STARTER = join(folder, "nowhere");
  await whileServing(undefined, async (url) => {
    const version = await (await fetch(`${url}/api/version`)).json();
    const missing = JSON.parse(await post(`${url}/api/generate`, { model: "tiny", prompt: "a" }));

    expect(version).toEqual({ version: expect.stringMatching(/^\d/) });
    expect(missing.error).toMatch(/not found: this server has none/);
  });
});

test("without MODEL the starter is served", async () => {
  writeTinyModel(join(folder, "shipped", "chat"));
  process.env.PALAVER_STARTER = join(folder, "shipped");
  await whileServing(undefined, async (url) => {
    const models = await (await fetch(`${url}/v1/models`)).json();

    expect(models).toMatchObject({ data: [{ id: "starter" }] });
  });
});

test("--log keeps conversations in a file, says so, and exports what was rated", async () => {
  const log = join(folder, "log.jsonl");
  const messages = [{ role: "user", content: "Hi" }];

  const { stderr } = await whileServing(
    model,
    async (url) => {
      const headers = { "content-type": "application/json" };
      // The model's noise never ends a turn: an answer of a stop string does.
      const body = {
        model: "tiny",
        messages,
        stream: false,
        options: { temperature: 0, stop: [await laterText(url)] },
      };
      const answer = await fetch(`${url}/api/chat`, { method: "POST", headers, body: JSON.stringify(body) });
      const id = answer.headers.get("x-palaver-conversation");
      await post(`${url}/api/palaver/rate`, { id, rating: 1 });
      const exported = await (await fetch(`${url}/api/palaver/conversations?rating=1`)).text();
      expect(JSON.parse(exported)).toMatchObject({ id, rating: 1, messages: [...messages, { role: "assistant" }] });
      writeFileSync(join(folder, "good.jsonl"), exported);
    },
    ["--log", log],
  );

  const check = ["data", "check", join(folder, "good.jsonl"), "--model", model, "--min-rating", "1", "--json"];
  expect(JSON.parse((await runCaptured(check)).stdout)).toMatchObject({ isUsable: true, usable: 1, leftOut: 0 });
  expect(stderr).toContain(`keeping conversations in ${log}`);
  expect(readFileSync(log, "utf8").trimEnd().split("\n")).toHaveLength(2);
});

test("an adapter needs one model to go with", async () => {
  const { code, stderr } = await runCaptured(["serve", "--adapter", folder]);

  expect({ code, stderr }).toEqual({ code: 2, stderr: "error: --adapter needs one MODEL to go with\n" });
});

test.each([
  [
    "an address beyond this machine without a key",
    "",
    ["--host", "0.0.0.0"],
    /^error: --host 0\.0\.0\.0 .*PALAVER_API_KEY/,
  ],
  ["a key that is too short", "short", [], /^error: PALAVER_API_KEY: .*8 characters/],
  ["a host name with a port", "", ["--allow-host", "box.example:80"], /^error: .*without a port/],
])("%s is wrong usage, found before a model is looked for", async (_, key, flags, about) => {
  vi.stubEnv("PALAVER_API_KEY", key);

  const { code, stdout, stderr } = await runCaptured(["serve", join(folder, "nowhere"), ...flags]);

  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(about);
});

test("--allow-host lets requests use those names and no others", async () => {
  const names = ["box.example", "other.example", "third.example"];
  let status: (number | undefined)[] = [];

  await whileServing(
    model,
    async (url) => {
      status = await Promise.all(names.map((name) => statusOf(`${url}/api/version`, name)));
    },
    ["--allow-host", "Box.example", "--allow-host", "other.example"],
  );

  expect(status).toEqual([200, 200, 403]);
});

// Windows has no such names.
test.skipIf(process.platform === "win32")("a model's name is no way to write on the terminal", async () => {
  const odd = join(folder, "odd\u001b]0;title\u0007\nname");
  writeTinyModel(odd);

  const { stderr } = await whileServing(odd, async () => {});

  expect(stderr).toMatch(/^palaver: serving odd \]0;title name on /);
});

test("a request reaches the served models by name and no file by path", async () => {
  await whileServing(model, async (url) => {
    const other = await post(`${url}/api/generate`, { model: join(folder, "other"), prompt: "a" });
    const byPath = JSON.parse(
      await post(`${url}/api/generate`, { model, prompt: "a", stream: false, options: { num_predict: 1 } }),
    );

    expect(JSON.parse(other).error).toMatch(/not found/);
    expect(byPath.done).toBe(true);
  });
});

describeSharedData("serving a real base model (stories260K)", "models/stories260K-derived", (stories) => {
  test("two requests at once, one in each dialect, both go on with the story", async () => {
    const flags = ["--raw", "--temperature", "0", "--max-tokens", "60", "--json"];
    const alone = JSON.parse((await runCaptured(["run", stories, "Once upon", ...flags])).stdout).text;
    const settings = { model: "stories260K-derived" };

    await whileServing(stories, async (url) => {
      const messages = [{ role: "user", content: "Once upon" }];
      const [ollama, openai] = await Promise.all([
        post(`${url}/api/generate`, { ...settings, prompt: "Once upon", options: { temperature: 0, num_predict: 60 } }),
        post(`${url}/v1/chat/completions`, { ...settings, messages, temperature: 0, max_tokens: 60, stream: true }),
      ]);
      expect(ollamaText(ollama)).toBe(alone);
      expect(openaiText(openai)).toBe(alone);
    });
  });
});
