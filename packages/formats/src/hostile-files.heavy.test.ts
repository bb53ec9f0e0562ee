import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { GgmlType } from "./ggml-type.ts";
import type { GgufValue } from "./gguf-value.ts";
import { attack, hostileGguf, hostileOnnx, hostileSafetensors } from "./testing/hostile-format.ts";
import { encodeGguf } from "./write-gguf.ts";
import { encodeSafetensors } from "./write-safetensors.ts";

const COUNT = 20_000;

const now = () => performance.now();

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)));
}

const smallSafetensors = encodeSafetensors({
  tensors: new Map([["a", { type: "F32", shape: [1], bytes: new Uint8Array(4) }]]),
});

const types: readonly (readonly [GgmlType, number, number])[] = [
  ["Q4_1", 32, 20],
  ["Q5_0", 32, 22],
  ["Q6_K", 256, 210],
  ["IQ1_S", 256, 50],
];
const smallGguf = encodeGguf({
  metadata: new Map<string, GgufValue>([["general.alignment", { type: "uint32", value: 8 }]]),
  tensors: new Map(types.map(([type, count, size]) => [type, { type, shape: [count], bytes: new Uint8Array(size) }])),
});

test.each([
  [hostileSafetensors, [fixture("types.safetensors"), smallSafetensors]],
  [hostileGguf, [fixture("values.gguf"), smallGguf]],
  [hostileOnnx, [fixture("typed.onnx")]],
] as const)(
  `of ${COUNT} mutants of $name files each is read truly or refused`,
  async (format, files) => {
    const { accepted, refused, slowestMs } = await attack(format, files, { from: 1000, count: COUNT, now });

    expect(accepted + refused).toBe(COUNT);
    expect(slowestMs).toBeLessThan(1000);
  },
  600_000,
);
