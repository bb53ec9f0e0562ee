import { describe, expect, test } from "vitest";
import { fullSize } from "../recipe-size.ts";
import { type CardFigures, modelCard } from "./model-card.ts";

const share = (count: number, of: number) => ({ count, of });
const speed = { machine: "test", threads: 2, loadMs: 70, promptTokensPerSecond: 9000, tokensPerSecond: 800 };
const model = (right: number, given: string) => ({
  tasks: [
    { task: "colors", group: "closed", right: share(right, 32) },
    { task: "tools", group: "tools", right: share(right, 8) },
    { task: "colors", group: "inside", right: share(60, 60) },
  ],
  ended: share(38, 40),
  calls: { name: share(8, 8), arguments: share(7, 8), answer: share(6, 8) },
  declined: { outside: share(0, 0), inside: share(3, 60) },
  compiles: share(0, 0),
  failures: [{ id: "colors-1", task: "colors", asked: "snow | ice?", expected: "White.", given }],
  bytes: 3_760_000,
  speed,
});
const stage = { steps: 900, tokens: 3_600_000, minutes: 12.3, heldOutLoss: 1.0321 };
const figures: CardFigures = {
  parameters: 3_197_376,
  size: fullSize,
  stages: { base: stage, chat: stage },
  evaluation: { part: "test", models: { base: model(0, "What?"), chat: model(8, "Red.\nOr") } },
};

describe("the card", () => {
  const card = modelCard(figures);

  test("sets base and chat side by side, and adds up what is graded", () => {
    expect(card).toContain("| colors | closed | 32 | 0.0 % | 25.0 % |");
    expect(card).toContain("| **all** | | 40 | 0.0 % | 40.0 % |");
  });

  test("tells sizes, training and conduct", () => {
    expect(card).toContain("3.2 million parameters");
    expect(card).toContain("| folder, MB | 3.8 | 3.8 |");
    expect(card).toContain("| base | 900 | 3.6 | 12 | 1.032 |");
    expect(card).toContain("| answers that end by themselves | 40 | 95.0 % |");
  });

  test("shows failures in cells that hold their lines and bars", () => {
    expect(card).toContain("| colors | snow \\| ice? | White. | Red. ⏎ Or |");
  });
});

test("figures of one model alone make no card", () => {
  const { chat } = figures.evaluation.models;

  expect(() => modelCard({ ...figures, evaluation: { part: "test", models: { chat: chat! } } })).toThrow(
    expect.objectContaining({ code: "ERR_INVALID_ARGUMENT" }),
  );
});
