import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isPalaverError } from "@palaver/core";
import { encodeOnnx } from "@palaver/formats";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ONNX_DTYPES, type OnnxDtype } from "./onnx-graph-file.ts";
import { openModel } from "./open-model.ts";
import { writeTinyFolder } from "./testing/tiny-checkpoint.ts";

let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "palaver-dtype-")), "model");
  await mkdir(join(folder, "onnx"), { recursive: true });
});

afterEach(() => rm(join(folder, ".."), { recursive: true }));

const value = { name: "x", type: "float32", shape: [1] } as const;
const graph = encodeOnnx({
  irVersion: 8,
  producer: "test",
  opsets: { "": 17 },
  graph: { name: "g", inputs: [value], outputs: [value], initializers: [], nodes: [] },
});

const put = (...names: readonly string[]) => Promise.all(names.map((name) => writeFile(join(folder, name), graph)));
const opened = async (dtype?: OnnxDtype) => (await openModel(folder, { dtype })).onnxPath.slice(folder.length + 1);
const refusal = (dtype?: OnnxDtype): Promise<unknown> => openModel(folder, { dtype }).catch((error: unknown) => error);

test("each dtype has its file, below onnx or beside the config", async () => {
  await put("onnx/model.onnx", ...ONNX_DTYPES.slice(1).map((dtype) => `onnx/model_${dtype}.onnx`));

  for (const dtype of ONNX_DTYPES.slice(1)) expect(await opened(dtype)).toBe(`onnx/model_${dtype}.onnx`);
  expect([await opened(), await opened("fp32")]).toEqual(["onnx/model.onnx", "onnx/model.onnx"]);
  await put("model_q4.onnx");
  expect(await opened("q4")).toBe("model_q4.onnx");
  expect((await openModel(folder, { dtype: "q4" })).details.quantization).toBe("q4");
});

test("without fp32 the only graph is taken; of several one has to be chosen", async () => {
  await put("onnx/model_q4f16.onnx");
  expect(await opened()).toBe("onnx/model_q4f16.onnx");

  await put("onnx/model_int8.onnx");
  const error = await refusal();
  expect(isPalaverError(error, "ERR_INVALID_ARGUMENT")).toBe(true);
  expect((error as Error).message).toContain("q4f16 (onnx/model_q4f16.onnx), int8 (onnx/model_int8.onnx)");
});

test("a dtype that is missing is told with those that are there", async () => {
  await put("onnx/model.onnx", "onnx/model_q4.onnx");

  const error = await refusal("fp16");

  expect(isPalaverError(error, "ERR_NOT_FOUND")).toBe(true);
  expect((error as Error).message).toMatch(/no graph of dtype fp16: it has fp32 \(onnx\/model.onnx\), q4/);
});

test("a dtype asks for the ready-made graph, also beside a checkpoint", async () => {
  await writeTinyFolder(folder);
  const nothing = await refusal("q4");
  await put("onnx/model_q4.onnx");

  expect(isPalaverError(nothing, "ERR_INVALID_ARGUMENT")).toBe(true);
  expect(await opened("q4")).toBe("onnx/model_q4.onnx");
});

test("files and folders with genai_config.json have one graph, of which no dtype can be chosen", async () => {
  await put("decoder.onnx");
  await writeFile(join(folder, "genai_config.json"), '{"model":{"decoder":{"filename":"decoder.onnx"}}}');
  await writeFile(join(folder, "x.gguf"), "GGUF");

  const file: unknown = await openModel(join(folder, "x.gguf"), { dtype: "q4" }).catch((error: unknown) => error);
  expect(isPalaverError(file, "ERR_INVALID_ARGUMENT")).toBe(true);
  expect(isPalaverError(await refusal("q4"), "ERR_INVALID_ARGUMENT")).toBe(true);
  expect(await opened()).toBe("decoder.onnx");
});
