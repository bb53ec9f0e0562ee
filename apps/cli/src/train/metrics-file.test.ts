import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { metricsFile } from "./metrics-file.ts";

const folder = temporaryFolder();

function step(number: number) {
  const rest = { learningRate: 1, gradientNorm: 1, tokens: 1, labels: 1, sequences: 1, places: 1 };
  return { type: "step" as const, step: number, loss: number, ...rest };
}

test("on resuming, what was measured behind the checkpoint, and a torn line, are gone", async () => {
  const [path, curve] = [join(folder, "metrics.jsonl"), join(folder, "loss.svg")];
  const first = metricsFile(path, curve);
  for (const number of [1, 2, 3]) await first.add(step(number), { seconds: number });
  await first.add({ type: "checkpoint", step: 3, checkpoint: "x" }, {});
  appendFileSync(path, '{"type":"step","step":4,"lo');

  const second = metricsFile(path, curve);
  await second.resumeAt(2);
  await second.add(step(3), { seconds: 0.5 });
  await second.draw("Loss");

  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line)).map(({ step: at, seconds }) => [at, seconds])).toEqual([
    [1, 1],
    [2, 2],
    [3, 0.5],
  ]);
  expect(
    readFileSync(curve, "utf8")
      .match(/<polyline points="([^"]*)"/)?.[1]
      ?.split(" "),
  ).toHaveLength(3);
});

test("a folder that is gone is ERR_IO with its path", async () => {
  const path = join(folder, "nowhere", "metrics.jsonl");

  await expect(metricsFile(path, path).add(step(1), {})).rejects.toMatchObject({
    code: "ERR_IO",
    message: expect.stringContaining(path),
  });
});
