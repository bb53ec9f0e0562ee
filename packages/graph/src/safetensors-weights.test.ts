import { byteSource } from "@palaver/core";
import { encodeSafetensors, type SafetensorsType } from "@palaver/formats";
import { expect, test } from "vitest";
import { safetensorsWeights } from "./safetensors-weights.ts";

const bytes = Uint8Array.of(1, 2, 3, 4);

function shard(name: string, type: SafetensorsType = "F32", path = `${name}.safetensors`) {
  const shape = [type === "F32" ? 1 : 2];
  return { ...byteSource(encodeSafetensors({ tensors: new Map([[name, { type, shape, bytes }]]) })), path };
}

test("tensors of several shards are read by name", async () => {
  const weights = await safetensorsWeights([shard("a"), shard("b", "BF16")]);

  expect([...weights.tensors]).toEqual([
    ["a", { type: "F32", shape: [1] }],
    ["b", { type: "BF16", shape: [2] }],
  ]);
  expect(await weights.read("b")).toEqual(bytes);
});

test("a tensor in two shards is refused", async () => {
  await expect(safetensorsWeights([shard("a"), shard("a")])).rejects.toMatchObject({ code: "ERR_FORMAT" });
});

test("another type is refused by tensor", async () => {
  await expect(safetensorsWeights([shard("a", "I16")])).rejects.toMatchObject({
    code: "ERR_UNSUPPORTED",
    details: { tensor: "a", type: "I16" },
  });
});

test("a broken shard is named", async () => {
  const broken = { ...byteSource(bytes), path: "/models/x.safetensors" };

  await expect(safetensorsWeights([broken])).rejects.toMatchObject({
    code: "ERR_FORMAT",
    message: expect.stringContaining("/models/x.safetensors"),
  });
});

test("a tensor that no shard has is not found", async () => {
  const weights = await safetensorsWeights([shard("a")]);

  await expect(weights.read("b")).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
});
