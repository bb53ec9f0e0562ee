import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { build } from "tsup";

const executablePath = process.env.PALAVER_CHROMIUM ?? "/usr/bin/chromium";

/** Why no browser test can run here; undefined where it can. */
export function missingBrowser(): string | undefined {
  return existsSync(executablePath) ? undefined : `there is no browser at ${executablePath}`;
}

/**
 * Bundles a package's entry with everything that it imports, opens a page where it is the global `palaver`, and hands
 * the page to `use`. A `node:` import anywhere in the package fails the bundle.
 */
export async function withPackageInBrowser(entry: string, use: (page: Page) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "palaver-browser-"));
  try {
    const script = await bundle(entry, folder);
    const context = await chromium.launchPersistentContext(join(folder, "profile"), {
      executablePath,
      args: flags,
      headless: true,
    });
    try {
      const page = await context.newPage();
      await page.addScriptTag({ content: script });
      await use(page);
    } finally {
      await context.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

// --- internal ---

/** Chromium in a container, without the requests that it makes for itself. */
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

async function bundle(entry: string, folder: string): Promise<string> {
  await build({
    entry: { palaver: entry },
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
