import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openRuntime } from "../open-runtime.ts";
import { requireKnownVersion } from "./known-version.ts";

test("patches of 1.30 are known, and no other version is", () => {
  for (const version of ["1.30.0", "1.30.12", "1.30.1-dev"]) {
    expect(() => requireKnownVersion(version, "library"), version).not.toThrow();
  }
  for (const version of ["1.29.0", "1.31.0", "1.3.0", "1.300.0", "11.30.0", ""]) {
    const details = { path: "library", version };
    const refused = () => requireKnownVersion(version, "library");
    expect(refused, version).toThrow(expect.objectContaining({ code: "ERR_UNSUPPORTED", details }));
  }
});

const missing = whyNoCompiler();
if (missing !== undefined) test.skip(`a library of another version: skipped, ${missing}`, () => {});
else
  describe("a library that answers as ONNX Runtime does", () => {
    test("is left for the portable driver where it is of another version, and openRuntime says so", async () => {
      await withLibrary("1.29.1", async (libraryPath) => {
        const warnings: string[] = [];
        const runtime = await openRuntime({ libraryPath, onWarning: (message) => warnings.push(message) });
        await runtime.close();

        expect(runtime.driver).toBe("portable");
        expect(warnings).toEqual([expect.stringMatching(/ONNX Runtime 1\.29\.1 is installed.* needs 1\.30/)]);
        const byName = openRuntime({ driver: "native", libraryPath });
        const details = { path: libraryPath, version: "1.29.1" };
        await expect(byName).rejects.toMatchObject({ code: "ERR_UNSUPPORTED", details });
      });
    });

    test("is refused where it has no table of functions of the known version", async () => {
      await withLibrary("1.30.0", async (libraryPath) => {
        const opening = openRuntime({ driver: "native", libraryPath });

        await expect(opening).rejects.toMatchObject({ code: "ERR_UNSUPPORTED" });
        await expect(opening).rejects.toThrow(/does not offer version 30/);
      });
    });
  });

// --- internal ---

/** Why no library can be built here; undefined where one can. */
function whyNoCompiler(): string | undefined {
  if (process.platform === "win32") return "it is built as on Linux and macOS";
  return spawnSync("cc", ["--version"]).status === 0 ? undefined : "there is no C compiler cc";
}

/** Builds a library that says that it is ONNX Runtime of `version` and offers no functions. */
async function withLibrary(version: string, body: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "palaver-onnx-"));
  const [source, path] = [join(folder, "library.c"), join(folder, "library.so")];
  await writeFile(
    source,
    `#include <stdint.h>
struct base { const void *(*get_api)(uint32_t); const char *(*get_version)(void); };
static const void *get_api(uint32_t version) { (void)version; return 0; }
static const char *get_version(void) { return "${version}"; }
static const struct base base = { get_api, get_version };
const struct base *OrtGetApiBase(void) { return &base; }
`,
  );
  try {
    execFileSync("cc", ["-shared", "-fPIC", "-o", path, source]);
    await body(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}
