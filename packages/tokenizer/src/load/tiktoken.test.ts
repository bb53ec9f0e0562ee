import { readFileSync } from "node:fs";
import type { TextSegment } from "@palaver/core";
import { tokenizerContract } from "@palaver/core/testing";
import { describeSharedData } from "@palaver/test-data";
import { describe, expect, test } from "vitest";
import { loadTokenizer } from "./load-tokenizer.ts";
import { tokenizerFromTiktoken } from "./tiktoken.ts";

const specialTokens = {
  "<|begin_of_text|>": 128000,
  "<|end_of_text|>": 128001,
  "<|start_header_id|>": 128006,
  "<|end_header_id|>": 128007,
  "<|eom_id|>": 128008,
  "<|eot_id|>": 128009,
  "<|python_tag|>": 128010,
  "<|image|>": 128256,
};

describeSharedData(
  "Llama 3's form with small ranks",
  ["reference/torchtune-assets/tiktoken_small.model", "reference/torchtune-expected/llama3-test_llama3_tokenizer.json"],
  (path, expected) => {
    const ranks = readFileSync(path);
    const make = () =>
      tokenizerFromTiktoken(ranks, { specialTokens, bos: "<|begin_of_text|>", eos: "<|end_of_text|>" });
    const fixtures = JSON.parse(readFileSync(expected, "utf8")) as Fixture[];
    const messages = fixtures.filter((fixture) => fixture.values.expected_tokens && fixture.values.message);

    test("gives the ids that torchtune expects of each message", () => {
      const tokenizer = make();

      expect(messages.length).toBe(6);
      for (const { fixture, values } of messages) {
        const ids = values.expected_tokens!;
        const begins = ids[0] === 128000;
        const ends = ids.at(-1) === 128001;
        const segments = render(values.message!.kwargs, begins, ends);
        expect(tokenizer.encode(segments), fixture).toEqual(ids);
      }
    });

    test("decodes without special tokens to the messages' texts", () => {
      const tokenizer = make();

      for (const { values } of messages) {
        const { role, content } = values.message!.kwargs;
        const text = typeof content === "string" ? content : content.map((part) => part.content?.trim() ?? "").join("");
        const decoded = tokenizer.decode(values.expected_tokens!, { skipSpecialTokens: true });
        expect(decoded).toBe(`${role}\n\n${text}`);
      }
    });

    test("loads from a folder that calls the ranks tokenizer.model", () => {
      const added = Object.entries(specialTokens).map(([content, id]) => [id, { content, special: true }]);
      const config = JSON.stringify({
        bos_token: "<|begin_of_text|>",
        added_tokens_decoder: Object.fromEntries(added),
      });
      const tokenizer = loadTokenizer({ "tokenizer.model": ranks, "tokenizer_config.json": config });

      expect(tokenizer.encode("I can see the sun.", { addSpecialTokens: true })).toEqual(
        make().encode("I can see the sun.", { addSpecialTokens: true }),
      );
      expect(tokenizer.special.bos).toBe(128000);
    });

    for (const contract of tokenizerContract(make)) test(contract.name, contract.run);
  },
);

describe("ranks", () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => `${btoa(String.fromCharCode(byte))} ${byte}`);

  test("merge the neighbours whose text has the best rank, not only those that training merged", () => {
    // "bc" is better than "ab"; "abc" is made of "a" and "bc" then.
    const tokenizer = tokenizerFromTiktoken(
      [...bytes, `${btoa("bc")} 256`, `${btoa("ab")} 257`, `${btoa("abc")} 258`].join("\n"),
    );

    expect(tokenizer.encode("abcab")).toEqual([258, 257]);
  });

  test("take a piece that is a token though no merges lead to it", () => {
    const tokenizer = tokenizerFromTiktoken([...bytes, `${btoa("xyz")} 256`].join("\n"));

    expect(tokenizer.encode("xyz")).toEqual([256]);
    expect(tokenizer.encode("xyzz")).toEqual([120, 121, 122, 122]);
  });

  test.each([
    ["no base64", `${bytes.join("\n")}\n!!!! 256`],
    ["no rank", `${bytes.join("\n")}\nYWI=`],
    ["a rank that is no number", `${bytes.join("\n")}\nYWI= x`],
    ["a byte missing", bytes.slice(1).join("\n")],
  ])("with %s are refused with the path", (_, ranks) => {
    expect(() => tokenizerFromTiktoken(ranks)).toThrow(
      expect.objectContaining({ code: "ERR_FORMAT", details: expect.objectContaining({ path: "ranks" }) }),
    );
  });
});

// --- internal ---

interface MessageFields {
  readonly role: string;
  readonly content: string | readonly { type: string; content?: string }[];
  readonly ipython?: boolean;
  readonly eot: boolean;
}

interface Fixture {
  readonly fixture: string;
  readonly values: { readonly message?: { readonly kwargs: MessageFields }; readonly expected_tokens?: number[] };
}

/** The Llama 3 form, as torchtune writes it: every part of a message without white space at its ends. */
function render(message: MessageFields, begins: boolean, ends: boolean): TextSegment[] {
  const template = (text: string): TextSegment => ({ text, origin: "template" });
  const parts = typeof message.content === "string" ? [{ type: "text", content: message.content }] : message.content;
  return [
    template(begins ? "<|begin_of_text|>" : ""),
    template("<|start_header_id|>"),
    { text: message.role, origin: "role" },
    template("<|end_header_id|>\n\n"),
    template(message.ipython ? "<|python_tag|>" : ""),
    ...parts.map((part): TextSegment => {
      return part.type === "image" ? template("<|image|>") : { text: part.content?.trim() ?? "", origin: "content" };
    }),
    template(message.eot ? "<|eot_id|>" : "<|eom_id|>"),
    template(ends ? "<|end_of_text|>" : ""),
  ];
}
