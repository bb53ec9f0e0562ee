import { expect, test } from "vitest";
import { byteTokenizer } from "./byte-tokenizer.ts";
import { tokenizerContract } from "./tokenizer-contract.ts";

for (const contract of tokenizerContract(() => byteTokenizer())) test(contract.name, contract.run);

test("ids are the bytes of UTF-8 and control tokens follow", () => {
  const tokenizer = byteTokenizer({ controlTokens: ["<s>"] });

  expect(tokenizer.encode("é<s>")).toEqual([0xc3, 0xa9, 60, 115, 62]);
  expect(tokenizer.encode([{ text: "<s>", origin: "template" }])).toEqual([256]);
  expect(tokenizer.encode("", { addSpecialTokens: true })).toEqual([256]);
  expect(tokenizer.decode([256, 104, 105])).toBe("<s>hi");
  expect(tokenizer.decode([256, 104, 105], { skipSpecialTokens: true })).toBe("hi");
});
