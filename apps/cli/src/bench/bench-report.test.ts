import { expect, test } from "vitest";
import { reportText } from "./bench-report.ts";

test("a model's name stays on its line and sends nothing to the terminal", () => {
  const times = { prefill: [], decode: [], loadMs: 1, rssBytes: 1e6 };

  const text = reportText({ model: "a\u001b[2J\nb", driver: "native", device: "cpu", threads: 2, ...times });

  expect(text.split("\n")[0]).toBe("a [2J b: native driver on cpu, 2 threads");
});
