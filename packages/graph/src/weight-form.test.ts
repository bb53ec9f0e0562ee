import { describe, expect, test } from "vitest";
import { weightForm } from "./weight-form.ts";

const q4 = (columns: number, block?: 32 | 64 | 128) =>
  weightForm({ type: "BF16", columns }, "layer", { quantize: "q4", block });

describe("weightForm", () => {
  test.each([
    ["whole blocks of 128", 896, 128],
    ["whole blocks of 64, where 128 would lengthen rows by a ninth", 576, 64],
    ["whole blocks of 32, where 64 would lengthen rows by a ninth", 288, 32],
    ["blocks of 128 that lengthen rows by less than a sixteenth", 1120, 128],
    ["blocks of 32 for rows shorter than one", 24, 32],
  ])("takes %s", (_, columns, block) => {
    expect(q4(columns)).toEqual({ bits: 4, block });
  });

  test("takes the blocks that are asked for, whatever the width", () => {
    expect(q4(576, 128)).toEqual({ bits: 4, block: 128 });
  });

  test("keeps blocks that a checkpoint has already", () => {
    const form = weightForm({ type: "Q4_0", columns: 1024 }, "layer", { quantize: "q4" });

    expect(form).toEqual({ bits: 4, block: 32 });
  });
});
