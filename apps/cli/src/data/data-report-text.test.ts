import type { DataReport } from "@palaver/sft";
import { expect, test } from "vitest";
import { dataReportText } from "./data-report-text.ts";

const report: DataReport = {
  isUsable: false,
  types: { dialogue: 2 },
  usable: 1,
  badLines: 1,
  leftOut: 0,
  tooLong: 0,
  tokens: 8,
  trainedTokens: 2,
  histogram: [],
  problemCounts: { "header-trained": 1 },
  problems: [{ line: 2, code: "header-trained", message: "the header is learnt" }],
  badLineReasons: [{ line: 3, reason: "no JSON" }],
  previews: [
    {
      line: 1,
      pieces: [
        { text: "Hi\u001b[2J", isTrained: false },
        { text: "Yes", isTrained: true },
      ],
    },
  ],
};

test("on a terminal what is learnt is coloured, and no escape of the data's own gets through", () => {
  const text = dataReportText(report, { isColored: true });

  expect(text).toContain("Hi\ufffd[2J\u001b[32;4mYes\u001b[0m\n");
});

test("elsewhere it stands between marks, before counts, problems and bad lines", () => {
  expect(dataReportText(report, { isColored: false })).toBe(`--- line 1
Hi\ufffd[2J⟦Yes⟧

examples: dialogue          2
usable examples             1
tokens                      8
tokens learnt               2 (25.0 %)
lines that cannot be read   1
problem: header-trained     1
line 2: header-trained: the header is learnt
line 3 cannot be read: no JSON
`);
});
