import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const hooks = new URL("register-hooks.js", import.meta.url).href;

/** Documented in index.d.ts. */
export function startProcess(script, args = [], { nodeFlags = [], env = {} } = {}) {
  const flags = ["--conditions=@palaver/source", `--import=${hooks}`, ...nodeFlags];
  const child = spawn(process.execPath, [...flags, fileURLToPath(script), ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) {
    child[name].setEncoding("utf8").on("data", (text) => {
      output[name] += text;
    });
  }
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, ...output }));
  });
  return { ended, output, kill: () => child.kill("SIGKILL") };
}
