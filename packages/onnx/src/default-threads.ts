import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/**
 * Threads for one graph when nobody says: the physical cores that this process may use. Two threads of one core share
 * its multipliers, so a second one adds waiting and no speed.
 */
export function defaultThreads(): number {
  const logical = availableParallelism();
  if (process.platform !== "linux") {
    // No cheap way to ask. Apple's and ARM's cores run one thread each; x64 desktop cores usually run two.
    return process.arch === "x64" ? Math.max(1, Math.floor(logical / 2)) : logical;
  }
  return Math.max(1, Math.min(logical, linuxCores() ?? logical));
}

// --- internal ---

/** Distinct cores of a Linux machine; undefined where the kernel does not tell (some containers). */
function linuxCores(): number | undefined {
  const folder = "/sys/devices/system/cpu";
  const siblings = new Set<string>();
  try {
    for (const cpu of parseCpuList(readFileSync(`${folder}/online`, "utf8"))) {
      siblings.add(readFileSync(`${folder}/cpu${cpu}/topology/thread_siblings_list`, "utf8").trim());
    }
  } catch {
    return undefined; // not an error: the files are an offer of the kernel
  }
  return siblings.size > 0 ? siblings.size : undefined;
}

/** `0-3,8` as 0 1 2 3 8. */
function parseCpuList(text: string): number[] {
  return text
    .trim()
    .split(",")
    .flatMap((range) => {
      const [first = 0, last = first] = range.split("-").map(Number);
      return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
    });
}
