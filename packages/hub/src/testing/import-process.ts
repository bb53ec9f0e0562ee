/** Imports a checkpoint in a process of its own: `SOURCE TARGET [QUANTIZE]`. Prints the process's peak memory in bytes. */

import { readFileSync } from "node:fs";
import { argv, stdout } from "node:process";
import { importModel } from "../import-model.ts";

const [source = "", target = "", quantize = "none"] = argv.slice(2);

await importModel(source, target, { quantize: quantize as "none" | "q4" | "q8" }); // the tests give one of these
stdout.write(String(peakBytes()));

// The largest resident size so far. Source: proc_pid_status(5).
function peakBytes(): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return Number(kilobytes) * 1024;
}
