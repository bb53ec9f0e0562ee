import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** `palaver train ARGS` as a process of its own, from the sources: for what only a process can show, its sudden end. */
export function spawnTrain(args: readonly string[]): ChildProcess {
  const register = new URL("register-typescript.mjs", import.meta.url).href;
  const program = fileURLToPath(new URL("train-process.ts", import.meta.url));
  const node = ["--conditions=@palaver/source", "--import", register, program];
  return spawn(process.execPath, [...node, "train", ...args], { stdio: ["ignore", "pipe", "pipe"] });
}
