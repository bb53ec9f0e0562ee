import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { missingBrowser, withPackageInBrowser } from "@palaver/test-browser";
import { sharedData } from "@palaver/test-data";
import { expect, test } from "vitest";
import { loadTokenizer } from "./index.ts";

const file = sharedData("tokenizers/smollm2-135m/tokenizer.json");
const missing = missingBrowser() ?? (file === undefined ? "there is no shared test data" : undefined);
const texts = ["Hello, world! 123", "  Führer кот 東京 👩‍👩‍👧\n\n", "<|im_end|> it's"];
const name = "gives the same ids in a browser";

test.skipIf(missing !== undefined)(missing === undefined ? name : `${name}: skipped, ${missing}`, async () => {
  const json = readFileSync(file!, "utf8");
  const tokenizer = loadTokenizer({ "tokenizer.json": json });

  await withPackageInBrowser(fileURLToPath(new URL("./index.ts", import.meta.url)), async (page) => {
    const found = await page.evaluate(
      ({ json, texts }) => {
        const { palaver } = globalThis as unknown as { palaver: { loadTokenizer: typeof loadTokenizer } };
        const tokenizer = palaver.loadTokenizer({ "tokenizer.json": json });
        return texts.map((text) => ({ ids: tokenizer.encode(text), text: tokenizer.decode(tokenizer.encode(text)) }));
      },
      { json, texts },
    );

    expect(found).toEqual(texts.map((text) => ({ ids: tokenizer.encode(text), text })));
  });
});
