import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeSharedData } from "@palaver/test-data";
import { expect, test } from "vitest";
import { type EncodedPrompt, encodePrompt } from "../encode-prompt.ts";
import { loadTemplate } from "../load-template.ts";
import { familyTokenizer, specialTokens } from "../testing/family-tokenizer.ts";

const dialogue = [
  { role: "user", content: "What is 1 + 1?" },
  { role: "assistant", content: "It is 2." },
  { role: "user", content: "And 2 + 2?\n\nSay it slowly." },
  { role: "assistant", content: "It is\n\n4, of course. 😀" },
];

const calls = [
  { role: "user", content: "What is the weather?" },
  {
    role: "assistant",
    content: "",
    tool_calls: [{ id: "1", type: "function", function: { name: "get_weather", arguments: { city: "Rome" } } }],
  },
  { role: "tool", content: "22 degrees" },
  { role: "assistant", content: "It is 22 degrees." },
];

/** Templates that TRL ships twice: as the model has them, and with generation markers. */
const families = ["gemma", "gemma3", "llama3", "phi3", "phi3_5", "qwen2_5", "qwen2_5_vl"];

describeSharedData(
  "TRL's training templates",
  ["templates/trl", "tokenizers/smollm2-135m/tokenizer.json"],
  (root, path) => {
    const sourceOf = (name: string): string => readFileSync(join(root!, `${name}.jinja`), "utf8");
    const names = families.flatMap((name) => [name, `${name}_training`]);
    const tokenizer = familyTokenizer(path!, names.map(sourceOf));
    const encode = (name: string, messages: typeof dialogue): EncodedPrompt =>
      encodePrompt(loadTemplate({ source: sourceOf(name), specialTokens }), tokenizer, messages);

    test.each(families)("%s: provenance masks what the markers mask", (name) => {
      const marked = encode(`${name}_training`, dialogue);
      const plain = encode(name, dialogue);

      expect(plain.ids).toEqual(marked.ids);
      expect(trained(plain)).toEqual(["It is 2.", "It is\n\n4, of course. 😀"]);
      expect(differences(plain, marked)).toEqual([]);
    });

    test("qwen2_5: provenance masks calls as the markers do", () => {
      const marked = encode("qwen2_5_training", calls);
      const plain = encode("qwen2_5", calls);

      expect(plain.ids).toEqual(marked.ids);
      expect(differences(plain, marked)).toEqual([]);
      expect(marked.lossMask).toContain(1);
    });

    /** The texts that a mask covers, without the tokens that end them. */
    function trained({ ids, lossMask }: EncodedPrompt): string[] {
      const runs = tokenizer
        .decode(
          ids.flatMap((id, index) =>
            lossMask[index] === 1 && !tokenizer.isControl(id) ? [id] : [tokenizer.tokenToId("</s>")!],
          ),
        )
        .split("</s>");
      return runs.filter((text) => text !== "");
    }

    /**
     * Tokens that only one mask covers. White space at the ends of a marked part is none of the model's answer, and the
     * `eos_token` that Phi's templates put behind the whole conversation ends no turn.
     */
    function differences(plain: EncodedPrompt, marked: EncodedPrompt): (string | undefined)[] {
      return plain.ids.flatMap((id, index) => {
        if (plain.lossMask[index] === marked.lossMask[index]) return [];
        const isBorder =
          tokenizer.decode([id]).trim() === "" &&
          [index - 1, index + 1].some((i) => marked.lossMask[i] !== 1 || plain.lossMask[i] === 1);
        const isLast = index === plain.ids.length - 1 && tokenizer.idToToken(id) === specialTokens.eos_token;
        return isBorder || isLast ? [] : [tokenizer.idToToken(id)];
      });
    }
  },
);
