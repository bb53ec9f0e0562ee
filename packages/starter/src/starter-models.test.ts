import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { starterModels } from "./starter-models.ts";

const folders = Object.values(starterModels).map((url) => fileURLToPath(url));

// A checkout has no models before the recipe has shipped some.
describe.skipIf(!folders.every((folder) => existsSync(folder)))("the models that ship", () => {
  test("are folders that any reader of imported models opens", () => {
    for (const folder of folders) {
      expect(readdirSync(folder)).toEqual(
        expect.arrayContaining(["config.json", "model.onnx", "model.onnx.data", "palaver.json", "tokenizer.json"]),
      );
    }
  });

  // What people wait for when they install Palaver; models ten times as large are a download of their own.
  test("have no more than 8 MB together", () => {
    const sizes = folders.flatMap((folder) => readdirSync(folder).map((name) => statSync(folder + name).size));

    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(8e6);
  });

  test("share their tokenizer, and only the chat model has a template", () => {
    const [base, chat] = [starterModels.base, starterModels.chat].map((url) => fileURLToPath(url));

    expect(readFileSync(`${chat}tokenizer.json`)).toEqual(readFileSync(`${base}tokenizer.json`));
    expect(existsSync(`${chat}chat_template.jinja`)).toBe(true);
    expect(existsSync(`${base}chat_template.jinja`)).toBe(false);
  });

  test("have a card that tells their figures", () => {
    const card = readFileSync(fileURLToPath(new URL("../MODEL_CARD.md", import.meta.url)), "utf8");

    expect(card).toMatch(/\| \*\*all\*\* \| \| \d+ \| [\d.]+ % \| [\d.]+ % \|/);
  });
});

test("places are folders of this package", () => {
  const root = fileURLToPath(new URL("../", import.meta.url));

  for (const folder of folders) expect(folder.startsWith(root)).toBe(true);
});
