import os from "node:os";
import process from "node:process";
import { groupMemory } from "./group-memory.ts";

/**
 * Bytes that this process can still get. `usedByGroup` tells what its control group uses, if the kernel tells.
 *
 * Not `process.availableMemory`: in a container it takes files that were read for memory in use, as a model's weights
 * are, which the kernel drops as soon as somebody needs their place.
 */
export function availableMemory(usedByGroup: () => number | undefined = groupMemory): number {
  // macOS leaves hardly any memory free; it makes room when asked.
  const free = process.platform === "darwin" ? os.totalmem() : os.freemem();
  const limit = process.constrainedMemory();
  if (limit === 0 || limit >= os.totalmem()) return free; // there is none
  return Math.max(0, Math.min(free, limit - (usedByGroup() ?? process.memoryUsage.rss())));
}
