import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readLines } from "./read-lines.ts";

let folder = "";
let handle: FileHandle | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "palaver-lines-"));
});

afterEach(async () => {
  await handle?.close();
  rmSync(folder, { recursive: true });
});

async function linesOf(content: string, endBytes = Buffer.byteLength(content)): Promise<string[]> {
  const path = join(folder, "lines");
  writeFileSync(path, content);
  await handle?.close();
  handle = await open(path);
  const lines: string[] = [];
  for await (const line of readLines(handle, endBytes)) lines.push(line);
  return lines;
}

test.each([
  ["", []],
  ["a", ["a"]],
  ["a\n", ["a"]],
  ["a\n\nb", ["a", "", "b"]],
  ["a\rb\u2028c\u2029d\u0085e\n", ["a\rb\u2028c\u2029d\u0085e"]],
])("%j has the lines %j", async (content, lines) => {
  expect(await linesOf(content)).toEqual(lines);
});

test("lines are whole wherever reads end: within a line, a character, or at a line feed", async () => {
  const lines = Array.from({ length: 400 }, (_, i) => "🙂é".repeat((i * i) % 997));
  lines.push("x".repeat(200_000), "last");

  // Shifted by every offset within a character.
  for (const shift of ["", "a", "ab", "abc"]) {
    expect(await linesOf([shift, ...lines, ""].join("\n"))).toEqual([shift, ...lines]);
  }
});

test("what lies behind the end is not read, and a file that is shorter than told ends early", async () => {
  expect(await linesOf("one\ntwo\nthree\n", 8)).toEqual(["one", "two"]);
  expect(await linesOf("one\ntwo\n", 100)).toEqual(["one", "two"]);
});
