import { readFileSync } from "node:fs";
import { mutant } from "@palaver/test-data/mutant";
import { expect, test } from "vitest";
import { attack, hostileGguf, hostileOnnx, hostileSafetensors } from "./testing/hostile-format.ts";

const now = () => performance.now();

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)));
}

const formats = [
  [hostileSafetensors, fixture("types.safetensors")],
  [hostileGguf, fixture("values.gguf")],
  [hostileOnnx, fixture("typed.onnx")],
] as const;

test.each(formats)("of 500 mutants of a $name file each is read truly or refused", async (format, file) => {
  const { accepted, refused, slowestMs } = await attack(format, [file], { from: 1, count: 500, now });

  expect(accepted + refused).toBe(500);
  expect(refused).toBeGreaterThan(100);
  expect(slowestMs).toBeLessThan(1000);
});

test("a seed always gives the same mutant, and other seeds give others", () => {
  const file = fixture("values.gguf");
  const mutants = Array.from({ length: 100 }, (_, seed) => Buffer.from(mutant(file, seed)).toString("latin1"));

  expect(Buffer.from(mutant(file, 7)).toString("latin1")).toBe(mutants[7]);
  expect(new Set(mutants).size).toBeGreaterThan(95);
});
