import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseSafetensors } from "./parse-safetensors.ts";
import { guardedSource } from "./testing/guarded-source.ts";
import { outcome } from "./testing/outcome.ts";
import { safetensorsBytes } from "./testing/safetensors-bytes.ts";

// Made by fixtures/make.py: what the reference implementation (safetensors 0.8.0) says of each file.
const verdicts = JSON.parse(
  readFileSync(new URL("../fixtures/safetensors-verdicts.json", import.meta.url), "utf8"),
) as readonly { header: string; dataBytes: number; accepted: boolean }[];

/** Files that we refuse although the reference reads them, with the reason. */
const stricter = new Map([[" {}", "the format demands that the header begin with {, the reference does not look"]]);

test.each(verdicts)("$header with $dataBytes bytes is judged as by the reference", async (verdict) => {
  const { header, dataBytes, accepted } = verdict;

  const result = await outcome(() => parseSafetensors(guardedSource(safetensorsBytes(header, dataBytes))));

  expect(typeof result === "object").toBe(accepted && !stricter.has(header));
});
