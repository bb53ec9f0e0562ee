import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeTinyModel } from "@palaver/test-model";
import { beforeAll, describe, expect, test } from "vitest";
import { runCaptured } from "../testing/run-captured.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const folder = temporaryFolder();
const model = join(folder, "tiny");
const chat = ["chat", model, "--temperature", "0", "--max-tokens"];

beforeAll(() => writeTinyModel(model));

/** What people said in a conversation that was saved. */
function said(path: string): string[] {
  const messages: { role: string; content: string }[] = JSON.parse(readFileSync(path, "utf8"));
  return messages.filter(({ role }) => role === "user").map(({ content }) => content);
}

describe("names that every object has are neither commands nor settings", () => {
  test.each([
    ["/constructor", "there is no /constructor"],
    ["/toString", "there is no /toString"],
    ["/__proto__", "there is no /__proto__"],
    ["/hasOwnProperty x", "there is no /hasOwnProperty"],
    ["/set __proto__ 1", "/set knows temperature"],
    ["/set constructor 1", "/set knows temperature"],
    ["/set toString 1", "/set knows temperature"],
  ])("%s", async (line, answer) => {
    const { code, stderr } = await runCaptured([...chat, "1"], { stdin: `${line}\n` });

    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(answer) });
  });
});

test("/about tells where the model runs, and why not elsewhere", async () => {
  const { code, stderr } = await runCaptured([...chat, "1", "--threads", "1"], { stdin: "/about\n" });

  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/^tiny on cpu, native driver, 1 thread; not cuda: /m),
  });
});

test("on a terminal each line of a paste is answered", async () => {
  const saved = join(folder, "pasted.json");
  const keys = `Hi\r"""\rtwo\rlines\r"""\rHo\r/save ${saved}\r/bye\r`;

  const { code } = await runCaptured([...chat, "1"], { terminal: true, stdin: keys });

  expect(code).toBe(0);
  expect(said(saved)).toEqual(["Hi", "two\nlines", "Ho"]);
});

test("Ctrl-D during an answer ends the chat behind it, as a success", async () => {
  let typed = 0;

  const { code, stdout, stderr } = await runCaptured([...chat, "60"], {
    terminal: true,
    stdin: "Hi\r",
    onOutput: (_, __, type) => {
      if (typed++ === 0) type("\u0004");
    },
  });

  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining("palaver: ") });
  expect(stdout.endsWith("\n")).toBe(true);
});

// Windows has no such names.
test.skipIf(process.platform === "win32")("a model's name is no way to write on the terminal", async () => {
  const odd = join(folder, "odd\u001b]0;title\u0007\nname");
  writeTinyModel(odd);

  const { stderr } = await runCaptured(["chat", odd], { terminal: true, stdin: "/bye\r" });

  expect(stderr).toMatch(/odd ]0;title name\. \/help/);
});

test("/set repetition-penalty changes the next answer, and so does the flag", async () => {
  const answers = async (flags: string[], before = "") =>
    (await runCaptured([...chat, "40", ...flags], { stdin: `${before}Hi\n` })).stdout;

  const plain = await answers([]);
  const set = await answers([], "/set repetition-penalty 50\n");

  expect(set).not.toBe(plain);
  expect(await answers(["--repetition-penalty", "50"])).toBe(set);
});
