import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { writeTinyModel } from "@palaver/test-model";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { runCaptured } from "../testing/run-captured.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const folder = temporaryFolder();
const model = join(folder, "tiny");

beforeAll(() => writeTinyModel(model));

function file(name: string, ...lines: unknown[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"));
  return path;
}

const good = {
  messages: [
    { role: "user", content: "Hi" },
    { role: "assistant", content: "Yes." },
  ],
};

describe("data check", () => {
  test("shows what is learnt between marks, and counts", async () => {
    const { code, stdout, stderr } = await runCaptured([
      "data",
      "check",
      file("good.jsonl", good, good),
      "--model",
      model,
      "--limit",
      "1",
    ]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("--- line 1\n");
    expect(stdout).toMatch(/⟦Yes\.[^⟦]*⟧/);
    expect(stdout).not.toContain("⟦Hi");
    expect(stdout).not.toContain("\u001b");
    expect(stdout).not.toContain("--- line 2\n");
    expect(stdout).toMatch(/^usable examples +2$/m);
    expect(stdout).toMatch(/^tokens learnt +10 \(/m);
  });

  test("bad lines are told by number and reason and do not fail the others", async () => {
    const path = file("bad.jsonl", good, "{", { messages: [{ role: "user", content: "Hi" }] }, { odd: 1 });

    const { code, stdout } = await runCaptured(["data", "check", path, "--model", model, "--limit", "0"]);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^line 2 cannot be read: no JSON/m);
    expect(stdout).toMatch(/^line 3 cannot be read: .*assistant/m);
    expect(stdout).toMatch(/^line 4 cannot be read: no known format: it has the keys odd$/m);
    expect(stdout).toMatch(/^lines that cannot be read +3$/m);
  });

  test("what would train wrongly is refused with exit code 1 and its code, in JSON too", async () => {
    const bare = join(folder, "markers");
    writeTinyModel(bare);
    // The generation markers cover the user's words.
    const template =
      "{% for m in messages %}{% generation %}{{ m.role }}: {{ m.content }}\n{% endgeneration %}{% endfor %}";
    writeFileSync(join(bare, "chat_template.jinja"), template);
    const path = file("wrong.jsonl", good);

    const { code, stdout, stderr } = await runCaptured(["data", "check", path, "--model", bare, "--json"]);

    const report = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(report).toMatchObject({ isUsable: false, usable: 0 });
    expect(report.problems[0]).toMatchObject({ line: 1, code: expect.any(String) });
    expect(stderr).toMatch(/^palaver: ERR_INVALID_ARGUMENT: .*not fit for training: 1 x [\w-]+/);
  });

  test("--html writes a page, --tokens counts what is too long, and the name of a missing file is told", async () => {
    const [path, page] = [file("page.jsonl", good), join(folder, "page.html")];

    const { stdout } = await runCaptured([
      "data",
      "check",
      path,
      "--model",
      model,
      "--html",
      page,
      "--tokens",
      "8",
      "--json",
    ]);
    const missing = await runCaptured(["data", "check", join(folder, "none.jsonl"), "--model", model]);

    expect(readFileSync(page, "utf8")).toMatch(/^<!doctype html>[\s\S]*<mark>Yes\./);
    expect(JSON.parse(stdout)).toMatchObject({ tooLong: 1 });
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringMatching(/ERR_NOT_FOUND: .*none\.jsonl/) });
  });
});

test("data check makes holes in code as training would", async () => {
  const path = file("code.jsonl", { code: "export const answer = 42;" });

  const { stdout } = await runCaptured(["data", "check", path, "--model", "starter", "--fim-rate", "1", "--json"]);

  const [preview] = JSON.parse(stdout).previews;
  const text = preview.pieces.map((piece: { text: string }) => piece.text).join("");
  expect(text).toContain("<fim_prefix>");
  expect(text).toContain("<fim_suffix>");
});

describe("data generate", () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());

  interface Asked {
    readonly authorization: string | undefined;
    readonly body: { readonly model: string; readonly seed: number; readonly messages: { content: string }[] };
  }

  /** An endpoint that answers as it is told. */
  async function endpoint(answer: (asked: Asked, count: number) => string | undefined) {
    const asked: Asked[] = [];
    const started = createServer(async (request, response) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      const { authorization } = request.headers;
      asked.push({ authorization, body: JSON.parse(text) });
      const content = answer(asked.at(-1)!, asked.length);
      response.statusCode = content === undefined ? 401 : 200;
      response.end(JSON.stringify({ choices: [{ message: { content } }] }));
    });
    await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
    server = started;
    return { url: `http://127.0.0.1:${(started.address() as AddressInfo).port}/v1`, asked };
  }

  const dialogue = (about: string) =>
    JSON.stringify({
      messages: [
        { role: "user", content: about },
        { role: "assistant", content: `About ${about}.` },
      ],
    });
  const about = ({ body }: Asked) => /topic: (.*)$/.exec(body.messages.at(-1)?.content ?? "")?.[1] ?? "";
  const lines = (path: string) =>
    readFileSync(path, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));

  function generate(url: string, output: string, ...more: string[]): string[] {
    const topics = file("topics.txt", "cats", "", "dogs", "birds");
    const fixed = ["--endpoint", url, "--model", "large", "--topics", topics, "-o", output, "--concurrency", "1"];
    return ["data", "generate", ...fixed, ...more];
  }

  test("writes dialogues that data check takes, keeps the rest apart, and sends the key from the environment", async () => {
    const output = join(folder, "generated.jsonl");
    process.env.TEST_PALAVER_KEY = "secret-key";
    const { url, asked } = await endpoint((request, count) => (count === 2 ? "no JSON" : dialogue(about(request))));

    const flags = ["--count", "4", "--json", "--api-key-env", "TEST_PALAVER_KEY", "--temperature", "0.5"];
    const { code, stdout, stderr } = await runCaptured(generate(url, output, ...flags));

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ path: output, dialogues: 2, badAnswers: 1, duplicates: 1 });
    expect(asked.map(about)).toEqual(["cats", "dogs", "birds", "cats"]);
    expect(asked.map(({ body }) => body.seed)).toEqual([1, 2, 3, 4]);
    expect(asked[0]).toMatchObject({ authorization: "Bearer secret-key", body: { model: "large", temperature: 0.5 } });
    expect(lines(output).map(({ index }) => index)).toEqual([0, 2]);
    expect(lines(`${output}.rejected.jsonl`).map(({ type, index }) => [type, index])).toEqual([
      ["bad-answer", 1],
      ["duplicate", 3],
    ]);
    expect(stdout + stderr).not.toContain("secret-key");
    expect((await runCaptured(["data", "check", output, "--model", model])).code).toBe(0);
  });

  test("a run that broke off goes on with --resume, asking for the rest alone", async () => {
    const output = join(folder, "resumed.jsonl");
    const broken = await endpoint((request, count) => (count > 2 ? undefined : dialogue(about(request))));
    const first = await runCaptured(generate(broken.url, output, "--count", "3"));
    server?.close();
    writeFileSync(output, `${readFileSync(output, "utf8")}{"index":9,"mess`);
    const { url, asked } = await endpoint((request) => dialogue(about(request)));

    const refused = await runCaptured(generate(url, output, "--count", "3"));
    const second = await runCaptured(generate(url, output, "--count", "3", "--resume"));

    expect(first).toMatchObject({ code: 1, stderr: expect.stringContaining("status 401") });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("--resume") });
    expect(second).toMatchObject({ code: 0, stdout: `${output}\n` });
    expect(asked.map(about)).toEqual(["birds"]);
    expect(lines(output).map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  test("--resume drops a torn first line, keeps what people added to others, and leaves other files alone", async () => {
    const [torn, rated, notes] = [
      file("torn.jsonl", '{"index":0,"mess'),
      join(folder, "rated.jsonl"),
      file("notes.txt", "my notes"),
    ];
    const kept = JSON.stringify({ index: 0, ...JSON.parse(dialogue("cats")), rating: 5 });
    writeFileSync(rated, `${kept}\n`);
    const { url } = await endpoint((request) => dialogue(about(request)));

    const results = await Promise.all(
      [torn, rated, notes].map((output) => runCaptured(generate(url, output, "--count", "2", "--resume"))),
    );

    expect(results.map(({ code }) => code)).toEqual([0, 0, 1]);
    expect(lines(torn).map(({ index }) => index)).toEqual([0, 1]);
    expect(readFileSync(rated, "utf8").split("\n")[0]).toBe(kept);
    expect(readFileSync(notes, "utf8")).toBe("my notes");
  });

  test("Ctrl-C ends with 130 and keeps what came", async () => {
    const output = join(folder, "stopped.jsonl");
    const { url } = await endpoint((request) => dialogue(about(request)));

    const { code } = await runCaptured(generate(url, output, "--count", "3"), { onLog: (_, press) => press() });

    expect(code).toBe(130);
    expect(lines(output)).toHaveLength(1);
  });

  test.each([
    [["--api-key-env", "TEST_PALAVER_NONE"], 1],
    [["--count", "0"], 2],
  ])("%j is refused before anything is asked or written", async (more, code) => {
    const output = join(folder, "refused.jsonl");

    const result = await runCaptured(generate("http://127.0.0.1:1/v1", output, "--count", "1", ...more));

    expect(result.code).toBe(code);
    expect(existsSync(output)).toBe(false);
  });

  test("without topics a prompt is needed, and one without a place for them", async () => {
    const fixed = [
      "data",
      "generate",
      "--endpoint",
      "http://127.0.0.1:1/v1",
      "--model",
      "m",
      "-o",
      join(folder, "x"),
      "--count",
      "1",
    ];

    expect((await runCaptured(fixed)).code).toBe(2);
    expect((await runCaptured([...fixed, "--prompt", "About {topic}"])).code).toBe(2);
  });
});
