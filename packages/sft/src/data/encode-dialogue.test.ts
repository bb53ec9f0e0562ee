import { chatmlTemplate } from "@palaver/template";
import { describe, expect, test } from "vitest";
import { maskRuns } from "../check/mask-runs.ts";
import { chatmlTokenizer as tokenizer, twoTurns } from "../testing/dialogue.ts";
import { encodeDialogue, type TrainedPart } from "./encode-dialogue.ts";
import type { DialogueExample } from "./example.ts";

const template = chatmlTemplate();

function learnt(dialogue: DialogueExample, train?: TrainedPart): string[] {
  const { ids, lossMask } = encodeDialogue(dialogue, { template, tokenizer, train });
  return maskRuns(lossMask).map(({ start, end }) => tokenizer.decode(ids.slice(start, end)));
}

describe("encodeDialogue", () => {
  test("learns what the assistant says and the end of its turns", () => {
    expect(learnt(twoTurns)).toEqual(["A parrot.<|im_end|>", "Hi!<|im_end|>"]);
  });

  test("learns the last turn only, or everything", () => {
    const { ids } = encodeDialogue(twoTurns, { template, tokenizer });

    expect(learnt(twoTurns, "last-turn")).toEqual(["Hi!<|im_end|>"]);
    expect(learnt(twoTurns, "all")).toEqual([tokenizer.decode(ids)]);
  });

  test("never learns a message that is marked so", () => {
    const marked = { ...twoTurns, train: [true, true, false, true, true] };
    const none = { ...twoTurns, train: [true, true, false, true, false] };

    expect(learnt(marked)).toEqual(["Hi!<|im_end|>"]);
    expect(learnt(marked, "all").join("")).not.toContain("parrot");
    expect(learnt(none)).toEqual([]);
    expect(learnt(none, "last-turn")).toEqual([]);
  });
});
