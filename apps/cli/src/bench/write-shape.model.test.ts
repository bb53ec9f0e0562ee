import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseHfConfig } from "@palaver/graph";
import { expect, test } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { type ShapeName, shapes } from "./shapes.ts";
import { writeShape } from "./write-shape.ts";

const folder = temporaryFolder();

// Parameters as the hub counts them in the published checkpoints.
test.each<[ShapeName, number]>([
  ["smollm2-135m", 134_515_008],
  ["qwen2.5-0.5b", 494_032_768],
  ["llama-3.2-1b", 1_235_814_400],
])("%s has as many parameters as its makers' checkpoint", (shape, parameters) => {
  const { hidden, ffn, heads, kvHeads, headDim, layers, vocab, attentionBias } = parseHfConfig(shapes[shape]);
  const rows = (heads + 2 * kvHeads) * headDim;
  const attention = hidden * rows + (attentionBias ? rows : 0) + heads * headDim * hidden;

  expect(vocab * hidden + layers * (attention + 3 * hidden * ffn + 2 * hidden) + hidden).toBe(parameters);
});

test("writes 4-bit layers and an 8-bit table, and reports each tensor", async () => {
  const place = join(folder, "smollm2");
  mkdirSync(place);
  const done: number[] = [];
  const path = await writeShape(place, "smollm2-135m", {
    quantize: "q4",
    block: 64,
    contextTokens: 16,
    onProgress: ({ doneBytes, totalBytes }) => done.push(doneBytes / totalBytes),
  });

  expect(path).toBe(join(place, "model.onnx"));
  expect(done.at(-1)).toBe(1);
  expect(done).toEqual(done.toSorted((a, b) => a - b));
  // 106,168,320 weights at 4 bits and 28,311,552 at 8, and a float32 scale for each 64; the rest is norms and padding.
  const blocks = 106_168_320 / 2 + 28_311_552 + (4 * (106_168_320 + 28_311_552)) / 64;
  const { size } = statSync(join(place, "model.onnx.data"));
  expect(size).toBeGreaterThan(blocks);
  expect(size).toBeLessThan(blocks * 1.01);
});

test("an abort stops the writing and passes the reason on", async () => {
  const place = join(folder, "aborted");
  mkdirSync(place);
  const controller = new AbortController();
  const reason = new DOMException("enough", "AbortError");
  const onProgress = () => controller.abort(reason);

  await expect(writeShape(place, "smollm2-135m", { onProgress, signal: controller.signal })).rejects.toBe(reason);
  expect(existsSync(join(place, "model.onnx"))).toBe(false);
});

test("a folder that cannot be written is ERR_IO", async () => {
  await expect(writeShape(join(folder, "nowhere"), "smollm2-135m", {})).rejects.toMatchObject({ code: "ERR_IO" });
  expect(readdirSync(folder)).not.toContain("nowhere");
});
