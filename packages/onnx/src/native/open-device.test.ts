import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openRuntime } from "../open-runtime.ts";
import { findNativeLibrary } from "./native-library.ts";

test.skipIf(process.platform !== "linux")("auto warns of a cuda provider that is there and does not load", async () => {
  const folder = await mkdtemp(join(tmpdir(), "palaver-onnx-"));
  const libraryPath = join(folder, "libonnxruntime.so.1");
  await symlink(findNativeLibrary(), libraryPath);
  await writeFile(join(folder, "libonnxruntime_providers_cuda.so"), "no library");
  const warnings: string[] = [];

  try {
    const runtime = await openRuntime({ libraryPath, onWarning: (message) => warnings.push(message) });
    await runtime.close();

    expect(runtime.device).toBe("cpu");
    expect(runtime.passedOver).toMatchObject([{ device: "cuda", reason: expect.stringMatching(/CUDA/) }]);
    expect(warnings).toEqual([expect.stringMatching(/cuda, which is installed and does not work/)]);
    const byName = openRuntime({ libraryPath, device: "cuda" });
    await expect(byName).rejects.toMatchObject({ code: "ERR_UNSUPPORTED", details: { device: "cuda" } });
  } finally {
    await rm(folder, { recursive: true });
  }
});
