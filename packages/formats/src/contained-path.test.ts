import { expect, test } from "vitest";
import { isContainedPath } from "./contained-path.ts";

test.each([
  "model.safetensors",
  "model-00001-of-00002.safetensors",
  "weights/all.bin",
  ".hidden",
  "..data",
  "con-artist.bin",
  "größe 1.bin",
])("%j stays inside", (path) => {
  expect(isContainedPath(path)).toBe(true);
});

test.each([
  "",
  ".",
  "..",
  "../model.safetensors",
  "a/../../b",
  "a/./b",
  "a//b",
  "a/",
  "/etc/passwd",
  "//server/share",
  "\\\\server\\share",
  "..\\model",
  "C:\\model",
  "C:model",
  "file:///etc/passwd",
  "model.bin:stream",
  "a\u0000.bin",
  "a\n",
  ".. /model",
  "... /model",
  "a./b",
  "nul",
  "sub/CON.txt",
  "COM1",
  "lpt¹.bin",
  "conin$",
  "what?",
  "x".repeat(1025),
])("%j is refused", (path) => {
  expect(isContainedPath(path)).toBe(false);
});
