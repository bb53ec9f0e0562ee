import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { platform } from "node:process";
import { isPalaverError } from "@palaver/core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { containedFile } from "./contained-file.ts";

let base: string;
let root: string;

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), "palaver-contained-")));
  root = join(base, "model");
  await mkdir(join(root, "onnx"), { recursive: true });
  await writeFile(join(base, "secret"), "s");
  await writeFile(join(root, "model.onnx"), "m");
  await writeFile(join(root, "onnx", "data.bin"), "d");
  await symlink("onnx/data.bin", join(root, "inside"));
  await symlink(join(root, "onnx"), join(root, "folder"));
  await symlink("../secret", join(root, "outside"));
  await symlink("../no-such-secret", join(root, "outside-missing"));
  await symlink(join(base, "secret"), join(root, "outside-absolute"));
  await symlink("..", join(root, "up"));
  await symlink("loop-b", join(root, "loop-a"));
  await symlink("loop-a", join(root, "loop-b"));
  await symlink("onnx/../../secret", join(root, "onnx-out"));
  await symlink("up/secret", join(root, "chain"));
});

afterAll(() => rm(base, { recursive: true }));

/** What asking for a name throws. */
async function refusal(name: string): Promise<unknown> {
  return containedFile(root, name).catch((error: unknown) => error);
}

test("a file inside is found by its real path, also over links that stay inside", async () => {
  expect(await containedFile(root, "model.onnx")).toBe(join(root, "model.onnx"));
  expect(await containedFile(root, "onnx/data.bin")).toBe(join(root, "onnx", "data.bin"));
  expect(await containedFile(root, "inside")).toBe(join(root, "onnx", "data.bin"));
  expect(await containedFile(root, "folder/data.bin")).toBe(join(root, "onnx", "data.bin"));
});

test("a file that is not there is undefined", async () => {
  expect(await containedFile(root, "absent")).toBeUndefined();
  expect(await containedFile(root, "onnx/absent")).toBeUndefined();
  expect(await containedFile(root, "model.onnx/below")).toBeUndefined();
});

describe("names and links that lead out are refused", () => {
  const payloads = [
    "",
    ".",
    "..",
    "../secret",
    "../no-such-secret",
    "onnx/../../secret",
    "./model.onnx",
    "onnx//data.bin",
    "/etc/passwd",
    "//server/share/file",
    "\\\\server\\share\\file",
    "C:\\Windows\\win.ini",
    "C:model.onnx",
    "..\\secret",
    "onnx\\..\\..\\secret",
    "model.onnx\0",
    "model.onnx\0.txt",
    "file:///etc/passwd",
    "model.onnx:stream",
    "CON",
    "nul.txt",
    "COM1",
    "onnx/aux.bin",
    "a\n",
    "model.onnx ",
    "model.onnx.",
    "outside",
    "outside-missing",
    "outside-absolute",
    "up",
    "up/secret",
    "up/model/model.onnx",
    "onnx-out",
    "chain",
    "loop-a",
  ];

  test.each(payloads.map((name) => [name]))("%j", async (name) => {
    expect(isPalaverError(await refusal(name), "ERR_FORMAT")).toBe(true);
  });
});

test("the error is the same whether the target outside exists or not", async () => {
  const message = async (name: string) => ((await refusal(name)) as Error).message.replaceAll(name, "NAME");

  expect(await message("outside")).toBe(await message("outside-missing"));
  expect(await message("../secret")).toBe(await message("../no-such-secret"));
});

test("whatever the name, what is found lies inside", async () => {
  const part = fc.constantFrom(
    "..",
    ".",
    "",
    "onnx",
    "data.bin",
    "up",
    "inside",
    "folder",
    "outside",
    "model.onnx",
    "secret",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 6 }), fc.constantFrom("/", "\\"), async (parts, separator) => {
      const found = await refusal(parts.join(separator));
      const isInside = typeof found === "string" && found.startsWith(`${root}/`);
      expect(isInside || found === undefined || isPalaverError(found, "ERR_FORMAT")).toBe(true);
    }),
  );
});

test("a folder is no file", async () => {
  expect(isPalaverError(await refusal("onnx"), "ERR_FORMAT")).toBe(true);
});

test.skipIf(platform === "win32")("a pipe is no file, and nothing waits for its other end", async () => {
  execFileSync("mkfifo", [join(root, "pipe")]);

  expect(isPalaverError(await refusal("pipe"), "ERR_FORMAT")).toBe(true);
});

test("a snapshot of the Hub's cache may link to the blobs two folders up, and no further", async () => {
  const repository = join(base, "models--org--name");
  const snapshot = join(repository, "snapshots", "abc");
  await mkdir(snapshot, { recursive: true });
  await mkdir(join(repository, "blobs"));
  await writeFile(join(repository, "blobs", "1234"), "w");
  await symlink("../../blobs/1234", join(snapshot, "model.safetensors"));
  await symlink("../../../secret", join(snapshot, "config.json"));

  expect(await containedFile(snapshot, "model.safetensors")).toBe(join(repository, "blobs", "1234"));
  await expect(containedFile(snapshot, "config.json")).rejects.toMatchObject({ code: "ERR_FORMAT" });
});

test("a root that is not there is ERR_NOT_FOUND", async () => {
  await expect(containedFile(join(base, "nowhere"), "x")).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
});
