import { expect, test } from "vitest";
import { groupMemory } from "./group-memory.ts";

test("a group's memory is all that it uses but the files that the kernel may drop", () => {
  const read = files({
    "/proc/self/cgroup": "0::/app.slice\n",
    "/sys/fs/cgroup/app.slice/memory.current": "1000\n",
    "/sys/fs/cgroup/app.slice/memory.stat": "anon 300\nfile 700\ninactive_file 600\nactive_file 100\n",
  });

  expect(groupMemory(read)).toBe(400);
});

test("groups of the first version count what is below them, too", () => {
  const read = files({
    "/proc/self/cgroup": "9:pids:/a\n4:cpu,memory:/b\n0::/\n",
    "/sys/fs/cgroup/memory/b/memory.usage_in_bytes": "1000\n",
    "/sys/fs/cgroup/memory/b/memory.stat": "inactive_file 1\ntotal_inactive_file 250\n",
    "/sys/fs/cgroup/memory.current": "7\n",
  });

  expect(groupMemory(read)).toBe(750);
});

test("in a container that is told its path outside, its own files are at the top", () => {
  const read = files({
    "/proc/self/cgroup": "0::/docker/4711\n",
    "/sys/fs/cgroup/memory.current": "1000\n",
    "/sys/fs/cgroup/memory.stat": "inactive_file 1001\n",
  });

  expect(groupMemory(read)).toBe(0);
});

test("nobody knows where the kernel does not tell", () => {
  expect(groupMemory(files({}))).toBeUndefined();
  expect(groupMemory(files({ "/proc/self/cgroup": "0::/\n" }))).toBeUndefined();
  expect(groupMemory(files({ "/proc/self/cgroup": "1:memory:/\n" }))).toBeUndefined();
});

test.runIf(process.platform === "linux")("what this machine tells is a number of bytes", () => {
  const bytes = groupMemory();

  if (bytes !== undefined) expect(bytes).toBeGreaterThanOrEqual(0);
});

// --- internal ---

function files(texts: Readonly<Record<string, string>>): (path: string) => string {
  return (path) => {
    const text = texts[path];
    if (text === undefined) throw new DOMException(`there is no ${path}`, "NotFoundError");
    return text;
  };
}
