import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { writeTinyModel } from "@palaver/test-model";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeBlocks, withChecks } from "./code-blocks.ts";
import { documents, root } from "./documents.ts";

const started = process.cwd();
const generated = fileURLToPath(new URL("../generated/", import.meta.url));

const sources = ["packages", "apps"]
  .flatMap((kind) => readdirSync(join(root, kind)).map((name) => join(root, kind, name, "src")))
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)))
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));

beforeAll(() => {
  rmSync(generated, { recursive: true, force: true });
  // The README's examples run where a reader would: in a folder that has a model.
  writeTinyModel(join(generated, "my-model"));
  process.env.PALAVER_CACHE = join(generated, "cache");
  process.chdir(generated);
});

afterAll(() => process.chdir(started));

describe("every TypeScript block of the documentation runs", () => {
  for (const block of [...documents(), ...sources].flatMap(codeBlocks)) {
    const name = `${relative(root, block.file)}:${block.line}`;
    test(name, async () => {
      const path = join(generated, `${name.replaceAll(/[^a-z0-9]+/gi, "-")}.ts`);
      writeFileSync(path, withChecks(block.code));

      await import(/* @vite-ignore */ path);
    });
  }
});

test("a wrong value in a comment fails the block", async () => {
  const path = join(generated, "wrong.ts");
  writeFileSync(path, withChecks("1 + 1; // => 3"));

  await expect(import(/* @vite-ignore */ path)).rejects.toThrow("but it is 2");
});
