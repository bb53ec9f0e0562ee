import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A folder for one test file, removed at its end; the import cache of that file lies in it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "palaver-cli-"));
  process.env.PALAVER_CACHE = join(folder, "cache");
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
