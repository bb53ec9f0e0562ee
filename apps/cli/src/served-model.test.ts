import { statSync } from "node:fs";
import { join } from "node:path";
import { openModel } from "@palaver/hub";
import { writeTinyModel } from "@palaver/test-model";
import { expect, test } from "vitest";
import { servedModel } from "./served-model.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

test("lists tell a checkpoint's size, age, format, template and the hash of its source", async () => {
  const folder = temporaryFolder();
  writeTinyModel(join(folder, "tiny"));
  const opened = await openModel(join(folder, "tiny"), { cacheDir: join(folder, "cache") });

  const served = await servedModel(opened);

  expect(served).toMatchObject({
    name: "tiny",
    format: "safetensors",
    family: "llama",
    sizeBytes: opened.fileBytes,
    modifiedAt: statSync(opened.onnxPath).mtime,
    template: opened.template?.source,
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    parameterCount: opened.details.parameters,
  });
});
