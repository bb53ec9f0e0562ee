import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { documents, root } from "./documents.ts";

for (const file of documents()) {
  const links = relativeLinks(readFileSync(file, "utf8"));
  if (links.length === 0) continue;
  test(`every link of ${relative(root, file)} leads somewhere`, () => {
    const broken = links.filter((link) => !existsSync(join(dirname(file), decodeURI(link))));

    expect(broken).toEqual([]);
  });
}

test("every file that ARCHITECTURE.md names exists", () => {
  const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  const named = [...text.matchAll(/`((?:packages|apps|tools)\/[\w./-]+)`/g)].map((match) => match[1]!);

  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

// --- internal ---

function relativeLinks(markdown: string): string[] {
  return [...markdown.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1]!)
    .filter((link) => !/^(https?:|mailto:|#)/.test(link))
    .map((link) => link.replace(/#.*$/, ""));
}
