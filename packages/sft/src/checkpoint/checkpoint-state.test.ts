import { describe, expect, test } from "vitest";
import { encodeCheckpointState, parseCheckpointState } from "./checkpoint-state.ts";

const state = { step: 3, position: { next: 9, pending: [[4, 0]] as const }, settings: { a: { b: [1] } } };

describe("a checkpoint's state", () => {
  test("comes back as it was", () => {
    expect(parseCheckpointState(encodeCheckpointState(state))).toEqual(state);
  });

  test.each([
    ["format", "pt"],
    ["step", "-1"],
    ["step", "1.5"],
    ["step", ""],
    ["position", "null"],
    ["position", '{"next":1}'],
    ["position", '{"next":1,"pending":[[1]]}'],
    ["position", '{"next":1,"pending":[1]}'],
    ["position", '{"next":1,"pending":[[1,-1]]}'],
    ["settings", "[]"],
    ["settings", "{"],
  ])("is refused with the %s %j", (key, value) => {
    const metadata = encodeCheckpointState(state).set(key, value);

    expect(() => parseCheckpointState(metadata)).toThrow(expect.objectContaining({ code: "ERR_FORMAT" }));
  });
});
