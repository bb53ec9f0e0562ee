import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sharedData } from "@palaver/test-data";
import { chromium } from "playwright-core";
import { build } from "tsup";
import { expect, test } from "vitest";
import { loadTokenizer } from "./index.ts";

const executablePath = "/usr/bin/chromium";
const file = sharedData("tokenizers/smollm2-135m/tokenizer.json");
const missing = existsSync(executablePath) ? file === undefined && "the shared test data" : executablePath;
const texts = ["Hello, world! 123", "  Führer кот 東京 👩‍👩‍👧\n\n", "<|im_end|> it's"];

test.skipIf(missing !== false)(
  `gives the same ids in a browser${missing === false ? "" : `: skipped, there is no ${missing}`}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "palaver-tokenizer-"));
    const json = readFileSync(file!, "utf8");
    const tokenizer = loadTokenizer({ "tokenizer.json": json });
    const expected = texts.map((text) => tokenizer.encode(text));
    const script = await bundle(folder);
    const context = await chromium.launchPersistentContext(join(folder, "profile"), {
      executablePath,
      args: flags,
      headless: true,
    });
    try {
      const page = await context.newPage();
      await page.addScriptTag({ content: script });
      const found = await page.evaluate(
        ({ json, texts }) => {
          const { loadTokenizer } = (globalThis as unknown as { palaver: { loadTokenizer: Load } }).palaver;
          const tokenizer = loadTokenizer({ "tokenizer.json": json });
          return texts.map((text) => {
            const ids = tokenizer.encode(text);
            return { ids, text: tokenizer.decode(ids) };
          });
        },
        { json, texts },
      );

      expect(found.map((one) => one.ids)).toEqual(expected);
      expect(found.map((one) => one.text)).toEqual(texts);
    } finally {
      await context.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
);

// --- internal ---

type Load = typeof loadTokenizer;

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The package and what it needs as one script; a `node:` import would fail the build. */
async function bundle(folder: string): Promise<string> {
  await build({
    entry: { palaver: fileURLToPath(new URL("./index.ts", import.meta.url)) },
    config: false,
    outDir: folder,
    format: "iife",
    globalName: "palaver",
    platform: "browser",
    target: "es2022",
    noExternal: [/^@palaver\//],
    silent: true,
    esbuildOptions: (options) => {
      options.conditions = ["@palaver/source"];
    },
  });
  return readFileSync(join(folder, "palaver.global.js"), "utf8");
}
