/**
 * What both commands of a fresh clone need first: the dependencies and the build, each made only when it is missing
 * or older than what it is made of. Uses nothing but Node and npm, and writes to stderr alone.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const stamps = join(root, ".palaver");
const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

// The root's .npmrc silences npm and pnpm for the sake of `npm start`'s output; in what runs from here a failure must be told.
if ([undefined, "", "silent"].includes(process.env.npm_config_loglevel)) process.env.npm_config_loglevel = "error";

/** Installs the dependencies if the lock file has changed since the last time. */
export function ensureInstalled() {
  const wanted = sha256(readFileSync(join(root, "pnpm-lock.yaml")));
  if (readStamp("installed") === wanted && existsSync(join(root, "node_modules"))) return;
  withLock(() => {
    if (readStamp("installed") === wanted && existsSync(join(root, "node_modules"))) return;
    say("installing what is missing (once)");
    pnpm(["install", "--frozen-lockfile", "--ignore-scripts", "--reporter=append-only", "--loglevel=info"]);
    writeStamp("installed", wanted);
  });
}

/** Builds the packages if a source file has changed since the last time. */
export function ensureBuilt() {
  const wanted = sourcesSignature();
  if (isBuilt(wanted)) return;
  withLock(() => {
    if (isBuilt(wanted)) return;
    say("building");
    pnpm(["exec", "turbo", "run", "build", "--filter=palaver...", "--output-logs=errors-only", "--no-color"]);
    writeStamp("built", wanted);
  });
}

/** Runs pnpm from the version that package.json names; it also puts itself on PATH, where turbo looks for it. */
export function pnpm(args, { stdout = 2, env = {} } = {}) {
  const result = spawnSync("npx", ["-y", packageManager, ...args], {
    cwd: root,
    stdio: ["ignore", stdout, 2],
    shell: process.platform === "win32",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", ...env },
  });
  if (result.status !== 0) {
    say(`"pnpm ${args.join(" ")}" failed; its output is above`);
    process.exit(1);
  }
}

// --- internal ---

function say(text) {
  process.stderr.write(`palaver: ${text}\n`);
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

function readStamp(name) {
  const path = join(stamps, name);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

function writeStamp(name, value) {
  writeFileSync(join(stamps, name), value);
}

/** True where the sources are the ones that were built, and the result is still there: the command and what it imports. */
function isBuilt(wanted) {
  const results = [
    join(root, "apps", "cli", "dist", "main.js"),
    ...rooms("packages").map((room) => join(room, "dist", "index.js")),
  ];
  return readStamp("built") === wanted && results.every((file) => existsSync(file));
}

function rooms(kind) {
  return readdirSync(join(root, kind)).map((name) => join(root, kind, name));
}

/** Names, sizes and times of everything that the build reads. */
function sourcesSignature() {
  const lines = [];
  const visit = (path) => {
    if (path.endsWith("node_modules") || path.endsWith(".test.ts")) return;
    const stat = statSync(path);
    if (!stat.isDirectory()) lines.push(`${path} ${stat.size} ${stat.mtimeMs}`);
    else for (const name of readdirSync(path).sort()) visit(join(path, name));
  };
  for (const room of [...rooms("packages"), ...rooms("apps")]) {
    for (const part of ["src", "package.json", "tsup.config.ts"]) {
      if (existsSync(join(room, part))) visit(join(room, part));
    }
  }
  for (const path of ["tools/build", "turbo.json", "pnpm-lock.yaml"]) visit(join(root, path));
  return sha256(lines.join("\n"));
}

/** Two commands started at once must not install or build into each other. */
function withLock(action) {
  mkdirSync(stamps, { recursive: true });
  const path = join(stamps, "lock");
  for (;;) {
    try {
      const lock = openSync(path, "wx");
      writeSync(lock, String(process.pid));
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      if (!isAlive(path)) rmSync(path, { force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  const release = () => rmSync(path, { force: true });
  process.once("exit", release);
  try {
    action();
  } finally {
    release();
    process.removeListener("exit", release);
  }
}

function isAlive(lockPath) {
  try {
    const text = readFileSync(lockPath, "utf8");
    // Just created and not yet filled in: its owner lives.
    if (text === "") return Date.now() - statSync(lockPath).mtimeMs < 2000;
    process.kill(Number(text), 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
