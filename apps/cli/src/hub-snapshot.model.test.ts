import { copyFileSync, mkdirSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { writeTinyModel } from "@palaver/test-model";
import { beforeAll, expect, test } from "vitest";
import { runCaptured } from "./testing/run-captured.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const folder = temporaryFolder();
const model = join(folder, "tiny");
const repository = join(folder, "models--org--tiny");
const snapshot = join(repository, "snapshots", "abc");

/** Moves a file among the blobs, where it has a name of its own, and links to it. */
function asBlob(file: string, blob: string, name: string): void {
  renameSync(file, join(repository, "blobs", blob));
  symlinkSync(`${"../".repeat(name.split("/").length + 1)}blobs/${blob}`, join(snapshot, name));
}

beforeAll(async () => {
  writeTinyModel(model);
  const imported = join(folder, "imported");
  await runCaptured(["import", model, "-o", imported]);
  mkdirSync(join(snapshot, "onnx"), { recursive: true });
  mkdirSync(join(repository, "blobs"));
  for (const name of ["config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja"]) {
    copyFileSync(join(model, name), join(folder, name));
    asBlob(join(folder, name), `blob-of-${name}`, name);
  }
  asBlob(join(imported, "model.onnx"), "1", "onnx/model.onnx");
  asBlob(join(imported, "model.onnx.data"), "2", "onnx/model.onnx.data");
});

test.each(["native", "portable"])(
  "%s: a snapshot of links with external data scores as its model does",
  async (driver) => {
    const score = async (path: string) =>
      JSON.parse((await runCaptured(["score", path, "--driver", driver, "--json", "Some words to score."])).stdout);

    expect((await score(snapshot)).logprob).toBe((await score(model)).logprob);
  },
);
