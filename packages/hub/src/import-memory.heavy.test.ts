import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { platform } from "node:process";
import { startProcess } from "@palaver/test-process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeLargeGguf, writeLargeSafetensors } from "./testing/large-checkpoint.ts";

/** What Node.js, the compiler of this test's process, their code and the scales may take beside the tensors. */
const BESIDE_BYTES = 300e6;

/** The largest tensor, and half of it again for what is made of it. */
const TENSOR_SHARE = 1.5;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "palaver-memory-"));
});

afterEach(() => rm(folder, { recursive: true }));

const checkpoints = [
  ["a sharded safetensors checkpoint", () => writeLargeSafetensors(join(folder, "source"), 200_000), "none"],
  ["a sharded safetensors checkpoint", () => writeLargeSafetensors(join(folder, "source"), 200_000), "q4"],
  ["a GGUF of K-quants", () => writeLargeGguf(join(folder, "source"), 400_000), "none"],
] as const;

test.skipIf(platform !== "linux").each(checkpoints)(
  "importing %s takes 1.5 times its largest tensor and 300 MB (%#)",
  async (_, write, quantize) => {
    const largest = await write();
    const script = new URL("./testing/import-process.ts", import.meta.url);

    const { code, stdout, stderr } = await startProcess(script, [
      join(folder, "source"),
      join(folder, "target"),
      quantize,
    ]).ended;

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(largest).toBeGreaterThan(300e6);
    expect(Number(stdout)).toBeLessThan(TENSOR_SHARE * largest + BESIDE_BYTES);
  },
  600_000,
);
