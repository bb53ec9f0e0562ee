import { expect, test } from "vitest";
import { parseSafetensorsIndex } from "./parse-safetensors-index.ts";

test("the index says which file holds each tensor", () => {
  const { files, fileByTensor } = parseSafetensorsIndex(
    JSON.stringify({
      metadata: { total_size: 12.5, nested: [{ a: null }] },
      weight_map: {
        "a.weight": "model-00001-of-00002.safetensors",
        b: "model-00002-of-00002.safetensors",
        c: "model-00001-of-00002.safetensors",
      },
    }),
  );

  expect(files).toEqual(["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]);
  expect(fileByTensor.get("a.weight")).toBe(files[0]);
  expect(fileByTensor.get("b")).toBe(files[1]);
});

// More of them in contained-path.test.ts.
test.each(["../model.safetensors", "/etc/passwd", "C:\\x", "\\\\server\\x", "a/../../x", "", "."])(
  "a weight_map that names %j is refused",
  (file) => {
    expect(() => parseSafetensorsIndex(JSON.stringify({ weight_map: { a: file } }))).toThrow(
      expect.objectContaining({ code: "ERR_FORMAT" }),
    );
  },
);

test.each([
  "",
  "[]",
  "{}",
  '{"weight_map":[]}',
  '{"weight_map":{"a":1}}',
  '{"weight_map":{"a":"x"}} x',
  '{"weight_map":{"a":"x","a":"y"}}',
  '{"weight_map":{"a":"x"},"weight_map":{"a":"y"}}',
  `{"metadata":${"[".repeat(1_000_000)}`,
])("%.60s is refused", (json) => {
  expect(() => parseSafetensorsIndex(json)).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
});

test("an index beyond the limit is refused", () => {
  expect(() => parseSafetensorsIndex(" ".repeat(25_000_001))).toThrow(expect.objectContaining({ code: "ERR_LIMIT" }));
});
