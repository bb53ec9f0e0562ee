import { join } from "node:path";
import { writeTinyModel } from "@palaver/test-model";
import { startProcess } from "@palaver/test-process";
import { expect } from "vitest";

// V8 lets its young generation grow to 16 MB a space after enough collections, once: that is no leak.
const nodeFlags = ["--expose-gc", "--max-semi-space-size=4"];

/** Resident memory after loading and closing a model `loads` times, relative to that before; the first `warmUps` do not count. */
export async function memoryGrowth(folder: string, warmUps: number, loads: number): Promise<number> {
  const model = join(folder, "tiny");
  writeTinyModel(model);
  const script = new URL("./load-process.ts", import.meta.url);
  const args = [model, join(folder, "cache"), String(warmUps), String(loads)];
  const { code, stdout, stderr } = await startProcess(script, args, { nodeFlags }).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { before, after }: { before: number; after: number } = JSON.parse(stdout);
  return after / before;
}
