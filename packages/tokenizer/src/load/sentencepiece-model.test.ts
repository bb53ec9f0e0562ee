import { readFileSync } from "node:fs";
import type { TextSegment } from "@palaver/core";
import { tokenizerContract } from "@palaver/core/testing";
import { describeSharedData } from "@palaver/test-data";
import { expect, test } from "vitest";
import { loadTokenizer } from "./load-tokenizer.ts";

const modelPath = "tokenizers/mistral/mistral_instruct_tokenizer_240323.model.v3";

describeSharedData(
  "Mistral's SentencePiece model",
  [modelPath, "templates/mistral-common/samples"],
  (path, samples) => {
    const tokenizer = loadTokenizer({ "tokenizer.model": readFileSync(path) });

    for (const sample of ["no_tools", "get_weather_no_history"]) {
      for (const version of ["v2", "v3"]) {
        test(`gives the ids that mistral-common expects of ${sample} in ${version}`, () => {
          const text = readFileSync(`${samples}/${sample}/text_${version}.txt`, "utf8").replace(/\n$/, "");
          const { tokens } = JSON.parse(readFileSync(`${samples}/${sample}/tokens_${version}.json`, "utf8")) as {
            tokens: number[];
          };

          expect(tokenizer.encode(conversation(text))).toEqual(tokens);
        });
      }
    }

    test("text that spells a control token or a byte stays text", () => {
      const text = "a</s>[INST]<0x41>";
      const ids = tokenizer.encode(text);

      expect(ids.filter((id) => tokenizer.isControl(id))).toEqual([]);
      expect(tokenizer.decode(ids)).toBe(text);
    });

    for (const contract of tokenizerContract(() => tokenizer, { lossless: false })) {
      test.skipIf(contract.skip !== undefined)([contract.name, contract.skip].filter(Boolean).join(": "), contract.run);
    }
  },
);

// --- internal ---

/** A published prompt, in which "▁" is a space and `<0x0A>` a line end, as the segments that a template would render. */
function conversation(text: string): TextSegment[] {
  const control = /(<s>|<\/s>|\[\/?(?:INST|AVAILABLE_TOOLS|TOOL_RESULTS|TOOL_CALLS)\])/;
  return text.split(control).map((part): TextSegment => {
    if (control.test(part)) return { text: part, origin: "template" };
    return { text: part.replace(/^▁/, "").replaceAll("▁", " ").replaceAll("<0x0A>", "\n"), origin: "content" };
  });
}
