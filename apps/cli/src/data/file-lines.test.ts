import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { fileLines } from "./file-lines.ts";

const folder = temporaryFolder();
const path = join(folder, "lines.txt");

async function linesOf(content: string | Uint8Array): Promise<string[]> {
  writeFileSync(path, content);
  const lines: string[] = [];
  for await (const line of fileLines(path)) lines.push(line);
  return lines;
}

test("lines of any length come whole, characters over chunk ends too", async () => {
  const long = "é🙂".repeat(50_000);

  expect(await linesOf(`${long}\n\r\nb\r\n${long}`)).toEqual([long, "", "b", long]);
});

test("any text is its lines joined again", async () => {
  const line = fc.string({ unit: "grapheme" }).filter((text) => !/[\r\n]/.test(text) && text !== "");

  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1 }), async (lines) => {
      expect(await linesOf(lines.join("\n"))).toEqual(lines);
    }),
    { numRuns: 30 },
  );
});

test("what is not UTF-8, and what is not there, is told by its name", async () => {
  await expect(linesOf(Uint8Array.of(0x61, 0xff, 0x0a))).rejects.toMatchObject({
    code: "ERR_FORMAT",
    message: expect.stringContaining(path),
  });
  await expect(fileLines(join(folder, "none")).next()).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
  await expect(fileLines(folder).next()).rejects.toMatchObject({ code: "ERR_IO" });
});
