/**
 * `npm test`: everything that must hold before a change lands. Each step runs even when an earlier one failed, so that
 * one run tells all. The last line is `N passed, N failed, N skipped`: tests and steps together.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packedPackages } from "./pack.mjs";
import { ensureInstalled, root } from "./prepare.mjs";

ensureInstalled();

const scratch = mkdtempSync(join(tmpdir(), "palaver-gate-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const counts = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

step("format and lint", () => run("biome", ["check", "--error-on-warnings", "."]));
step("boundaries", () => run("turbo", ["boundaries"]));
step("types", () => run("tsc", ["-b"]));
step("dead code", () => run("knip", []));
tests();
step("build", () => run("turbo", ["run", "build", "--output-logs=errors-only"]));
packed();

for (const failure of failures) console.log(`failed: ${failure}`);
if (counts.failed > 0) process.exitCode = 1;
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);

// --- internal ---

function step(name, action) {
  const started = performance.now();
  const ok = action();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${ok ? "ok" : "FAILED"}: ${name} (${seconds} s)`);
  if (ok) counts.passed++;
  else {
    counts.failed++;
    failures.push(name);
  }
}

/** Runs a tool of the workspace; its output is shown when it fails. */
function run(tool, args, options = {}) {
  const path = join(root, "node_modules", ".bin", tool);
  const result = spawnSync(path, args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    shell: process.platform === "win32",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", NO_UPDATE_NOTIFIER: "1", PATH: withPnpm() },
    ...options,
  });
  if (result.error) console.log(String(result.error));
  if (result.status !== 0 && options.stdio === undefined) console.log(`${result.stdout ?? ""}${result.stderr ?? ""}`);
  return result.status === 0;
}

/** Unit, contract and documentation tests, counted one by one; a skipped one is printed with its reason, which is its name. */
function tests() {
  const report = join(scratch, "tests.json");
  const ok = run("vitest", ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`], {
    stdio: ["ignore", 1, 1],
  });
  if (!existsSync(report)) {
    counts.failed++;
    failures.push("tests: the runner ended without a report");
    return;
  }
  const { testResults } = JSON.parse(readFileSync(report, "utf8"));
  let failed = 0;
  for (const file of testResults) {
    if (file.status === "failed" && file.assertionResults.length === 0) fail(`${file.name}: ${file.message}`);
    for (const test of file.assertionResults) {
      if (test.status === "passed") counts.passed++;
      else if (test.status === "failed") fail(test.fullName);
      else {
        counts.skipped++;
        console.log(`skipped: ${test.fullName}`);
      }
    }
  }
  // An error outside any test (an unhandled rejection, say) fails the run without failing a test.
  if (!ok && failed === 0) fail("tests: an error outside any test, see above");

  function fail(name) {
    failed++;
    counts.failed++;
    failures.push(name);
  }
}

/** What is published, as it is published. */
function packed() {
  let packages;
  step("pack", () => {
    packages = packedPackages(scratch, withPnpm());
    return packages !== undefined;
  });
  if (packages === undefined) return;
  step("publint", () => packages.all((p) => run("publint", ["--strict", p.tarball])));
  step("attw", () => packages.all((p) => run("attw", ["--profile", "esm-only", "--no-emoji", ...p.attw, p.tarball])));
  step("install, import and require the packed packages", () => packages.installAndLoad());
}

/** PATH with pnpm on it, which turbo and the pack step need: the one that npx fetched for the install. */
function withPnpm() {
  if (withPnpm.path === undefined) {
    const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const probe = spawnSync("npx", ["-y", "-p", packageManager, "node", "-p", "process.env.PATH"], {
      cwd: root,
      encoding: "utf8",
      shell: process.platform === "win32",
    });
    withPnpm.path = probe.status === 0 ? probe.stdout.trim() : process.env.PATH;
  }
  return withPnpm.path;
}
