import { readFileSync } from "node:fs";

/** The text of a file. @throws if there is none */
type ReadText = (path: string) => string;

/**
 * Bytes that the process's Linux control group uses and cannot do without, as the kernel counts them against the group's limit: of all
 * its processes, without files that nobody has read lately, which it drops as soon as somebody needs their place.
 * Undefined where the kernel does not tell.
 */
export function groupMemory(read: ReadText = (path) => readFileSync(path, "utf8")): number | undefined {
  for (const { folder, usage, droppable } of groupPlaces(read)) {
    const used = Number(tryRead(read, `${folder}/${usage}`) ?? Number.NaN);
    if (!Number.isFinite(used)) continue;
    const files = new RegExp(`^${droppable} (\\d+)$`, "m").exec(tryRead(read, `${folder}/memory.stat`) ?? "");
    return Math.max(0, used - Number(files?.[1] ?? 0));
  }
  return undefined;
}

// --- internal ---

interface GroupPlace {
  readonly folder: string;
  /** The file with the bytes in use. */
  readonly usage: string;
  /** The line of `memory.stat` with the bytes of such files. */
  readonly droppable: string;
}

/** Where the group's files may be: at its path, or, in a container that is told its path outside, where its own are mounted. */
function groupPlaces(read: ReadText): GroupPlace[] {
  const groups = tryRead(read, "/proc/self/cgroup") ?? "";
  const place = (folder: string): GroupPlace =>
    first === undefined
      ? { folder, usage: "memory.current", droppable: "inactive_file" }
      : { folder, usage: "memory.usage_in_bytes", droppable: "total_inactive_file" };
  // Version 1 has a hierarchy for each kind of resource; where it has none for memory, version 2 holds it.
  const first = /^\d+:(?:[^:]+,)?memory(?:,[^:]+)?:(.*)$/m.exec(groups)?.[1];
  const second = /^0::(.*)$/m.exec(groups)?.[1];
  if (first !== undefined) return [`/sys/fs/cgroup/memory${first}`, "/sys/fs/cgroup/memory"].map(place);
  return second === undefined ? [] : [`/sys/fs/cgroup${second}`, "/sys/fs/cgroup"].map(place);
}

/** Not an error: the files are an offer of the kernel. */
function tryRead(read: ReadText, path: string): string | undefined {
  try {
    return read(path);
  } catch {
    return undefined;
  }
}
