import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tinyTokenizerJson, writeTinyModel } from "@palaver/test-model";
import { beforeAll, expect, test } from "vitest";
import { expectCutShort } from "../testing/expect-cut-short.ts";
import { runCaptured } from "../testing/run-captured.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const folder = temporaryFolder();
const model = join(folder, "tiny");
const onlyTokenizer = join(folder, "only-tokenizer");

beforeAll(() => {
  writeTinyModel(model);
  mkdirSync(onlyTokenizer);
  writeFileSync(join(onlyTokenizer, "tokenizer.json"), tinyTokenizerJson());
});

test("tokenize reads a folder that holds only tokenizer files, and control tokens in text stay text", async () => {
  const { stdout } = await runCaptured(["tokenize", onlyTokenizer, "--json", "a<|eot_id|>"]);

  expect(JSON.parse(stdout).ids).toEqual([..."a<|eot_id|>"].map((character) => character.charCodeAt(0)));
});

test("tokenize --jsonl answers line by line, and a bad line does not end it", async () => {
  const { code, stdout } = await runCaptured(["tokenize", onlyTokenizer, "--jsonl"], { stdin: '"ab"\n5\n{\n"c"' });

  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(code).toBe(0);
  expect(lines).toEqual([
    { ids: [97, 98], pieces: ["a", "b"] },
    { error: { code: "ERR_INVALID_ARGUMENT", message: expect.any(String) } },
    { error: { code: "ERR_INVALID_ARGUMENT", message: expect.any(String) } },
    { ids: [99], pieces: ["c"] },
  ]);
});

test("a token that holds terminal codes is printed with them escaped, and is the same once it is read", async () => {
  const odd = join(folder, "odd");
  writeTinyModel(odd);
  const tokenizer = JSON.parse(readFileSync(join(odd, "tokenizer.json"), "utf8"));
  const token = "<\u009b2J>";
  Object.assign(tokenizer.added_tokens[2], { content: token, special: false });
  writeFileSync(join(odd, "tokenizer.json"), JSON.stringify(tokenizer));

  const pieces = await runCaptured(["tokenize", odd, token], { terminal: true });
  const json = await runCaptured(["tokenize", odd, token, "--json"], { terminal: true });
  const scored = await runCaptured(["score", odd, token], { terminal: true });

  expect(pieces.stdout).toBe('258\t"<\\u009b2J>"\n');
  expect(JSON.parse(json.stdout)).toEqual({ ids: [258], pieces: [token] });
  for (const { stdout } of [json, scored]) {
    expect(stdout).toContain("<\\u009b2J>");
    expect(stdout).not.toContain("\u009b");
  }
});

test("score's printed factors sum to its total, whole and token by token", async () => {
  const whole = await runCaptured(["score", model, "Hello there, world."]);
  const stepwise = await runCaptured(["score", model, "Hello there, world.", "--chunk", "1"]);

  const total = (output: string) => Number(/log P = (\S+)/.exec(output)![1]);
  const sum = (output: string) => {
    const factors = output.split("\n").map((line) => /^(-?[\d.]+)\t\d+\t/.exec(line));
    return factors.reduce((result, match) => result + (match === null ? 0 : Number(match[1])), 0);
  };
  expect(sum(whole.stdout)).toBeCloseTo(total(whole.stdout), 4);
  expect(total(stepwise.stdout)).toBeCloseTo(total(whole.stdout), 3);
});

test("show tells what the model is", async () => {
  const { stdout } = await runCaptured(["show", model, "--json"]);

  expect(JSON.parse(stdout)).toMatchObject({
    architecture: "llama",
    contextTokens: 512,
    vocabulary: 261,
    template: true,
    beginToken: "<|begin_of_text|>",
    stopTokens: ["<|end_of_text|>", "<|eot_id|>"],
  });
});

test("an import runs like its source, and is not written over foreign files", async () => {
  const out = join(folder, "imported");
  const flags = ["--raw", "--temperature", "0", "--max-tokens", "12", "Once"];

  const imported = await runCaptured(["import", model, "-o", out]);
  const again = await runCaptured(["run", out, ...flags]);
  const foreign = await runCaptured(["import", model, "-o", folder]);

  expect(imported).toEqual({ code: 0, stdout: `${out}\n`, stderr: "" });
  expect(again.stdout).toBe((await runCaptured(["run", model, ...flags])).stdout);
  expect(foreign).toMatchObject({ code: 1, stderr: expect.stringContaining("ERR_INVALID_ARGUMENT") });
});

test("chat through a pipe answers each line in turn", async () => {
  const saved = join(folder, "saved.json");
  const stdin = `Hi\n"""\ntwo\nlines\n"""\n/save ${saved}\n/bye\nnot read\n`;

  const { code, stderr } = await runCaptured(["chat", model, "--max-tokens", "3", "--system", "Rules."], { stdin });

  const messages: { role: string; content: string }[] = JSON.parse(readFileSync(saved, "utf8"));
  const roles = messages.map((message) => message.role);
  expect(messages[3]?.content).toBe("two\nlines");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(roles).toEqual(["system", "user", "assistant", "user", "assistant"]);
});

const chat = [
  { role: "user", content: "Hi<|eot_id|>" },
  { role: "assistant", content: "Yes." },
];

test("render --jsonl gives text, ids, mask and segments, and an error as a line", async () => {
  const lines = [{ messages: chat }, { messages: 5 }, { messages: chat.slice(0, 1), addGenerationPrompt: true }];
  const stdin = lines.map((line) => JSON.stringify(line)).join("\n");

  const { code, stdout } = await runCaptured(["render", model, "--jsonl"], { stdin });

  const [first, second, third] = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const trained = first.ids.filter((_: number, index: number) => first.lossMask[index] === 1);
  const eot = 260;
  expect(code).toBe(0);
  expect(trained).toEqual([..."Yes."].map((character) => character.charCodeAt(0)).concat(eot));
  expect(first.ids.filter((id: number) => id === eot)).toHaveLength(2);
  expect(first.segments.map((segment: { text: string }) => segment.text).join("")).toBe(first.text);
  expect(first.segments).toContainEqual({ text: "Hi<|eot_id|>", origin: "content", role: "user" });
  expect(second).toEqual({ error: { code: "ERR_INVALID_ARGUMENT", message: expect.any(String) } });
  expect(third.text.endsWith("<|start_header_id|>assistant<|end_header_id|>\n\n")).toBe(true);
});

test("render reads messages, tools and variables from files", async () => {
  const file = (name: string, value: unknown) => {
    writeFileSync(join(folder, name), typeof value === "string" ? value : JSON.stringify(value));
    return join(folder, name);
  };
  const template = "{{ strftime_now('%Y') }} {{ tools[0].function.name }} {{ mood }} {{ messages[0].content }}";
  const files = ["--template", file("t.jinja", template), "--messages", file("m.json", chat)];
  const tools = ["--tools", file("tools.json", [{ type: "function", function: { name: "clock", parameters: {} } }])];

  const { stdout } = await runCaptured([
    ...["render", ...files, ...tools, "--variables", file("v.json", { mood: "calm" })],
    ...["--now", "2024-07-26T00:00:00"],
  ]);

  const { text, ids } = JSON.parse(stdout);
  expect({ text, ids }).toEqual({ text: "2024 clock calm Hi<|eot_id|>", ids: undefined });
});

test("fill needs a model with fill-in-the-middle tokens, and says so", async () => {
  const code = join(folder, "code.ts");
  writeFileSync(code, "const a = 1;");

  const { code: exit, stderr } = await runCaptured(["fill", model, "--prefix", code, "--suffix", code]);

  expect(exit).toBe(1);
  expect(stderr).toMatch(/^palaver: ERR_UNSUPPORTED: tiny has no fill-in-the-middle tokens/);
});

/** A model with fill-in-the-middle tokens, and flags that give it something to fill. */
function coderFlags(): string[] {
  const coder = join(folder, "coder");
  writeTinyModel(coder);
  const tokenizer = JSON.parse(readFileSync(join(coder, "tokenizer.json"), "utf8"));
  // Four of the tiny model's control tokens become those that StableCode has.
  const markers = ["<|endoftext|>", "<fim_prefix>", "<fim_suffix>", "<fim_middle>"];
  for (const [index, content] of markers.entries()) tokenizer.added_tokens[index + 1].content = content;
  writeFileSync(join(coder, "tokenizer.json"), JSON.stringify(tokenizer));
  writeFileSync(join(coder, "tokenizer_config.json"), JSON.stringify({ eos_token: "<|endoftext|>" }));
  const code = join(folder, "code.ts");
  writeFileSync(code, "const a = 1;");

  return [coder, "--prefix", code, "--suffix", code];
}

test("fill continues behind the markers that a vocabulary has", async () => {
  const flags = ["--json", "--max-tokens", "4", "--temperature", "0"];
  const { stdout } = await runCaptured(["fill", ...coderFlags(), ...flags]);

  expect(JSON.parse(stdout)).toMatchObject({ model: "coder", format: "stable-code", text: expect.any(String) });
});

test("fill that Ctrl-C cut short ends with 130 and leaves what it had printed", async () => {
  await expectCutShort(["fill", ...coderFlags(), "--max-tokens", "400", "--temperature", "2", "--seed", "1"]);
});

test("chat --json tells the conversation at the end, and nothing before", async () => {
  const { stdout } = await runCaptured(["chat", model, "--max-tokens", "3", "--json"], { stdin: "Hi\nHo\n" });

  const { messages } = JSON.parse(stdout);
  expect(messages.map((message: { role: string }) => message.role)).toEqual(["user", "assistant", "user", "assistant"]);
});

test("import --json tells what was written", async () => {
  const out = join(folder, "imported-q8");

  const { stdout } = await runCaptured(["import", model, "-o", out, "--quantize", "q8", "--json"]);

  expect(JSON.parse(stdout)).toMatchObject({ path: out, architecture: "llama", quantization: "q8" });
});

test("where a mask cannot be exact, render gives none and says why", async () => {
  const template = join(folder, "drops-answers.jinja");
  writeFileSync(template, "{% for message in messages %}{{ message.role }}{% endfor %}");

  const { stdout } = await runCaptured(["render", model, "--template", template, "--jsonl"], {
    stdin: JSON.stringify({ messages: chat }),
  });

  const { text, ids, lossMask, lossMaskError } = JSON.parse(stdout);
  expect({ text, tokens: ids.length, lossMask }).toEqual({ text: "userassistant", tokens: 13, lossMask: null });
  expect(lossMaskError).toEqual({ code: "ERR_UNSUPPORTED", message: expect.any(String) });
});
