import { describe, expect, test } from "vitest";
import { TextStream } from "../decode/text-stream.ts";
import { utf8Bytes } from "../utf8.ts";
import { Vocabulary } from "../vocabulary.ts";
import { readDecoder } from "./decoder-json.ts";
import { JsonField } from "./json-field.ts";

const metaspace = { type: "Metaspace", replacement: "▁", prepend_scheme: "always" };
const llama = {
  type: "Sequence",
  decoders: [
    { type: "Replace", pattern: { String: "▁" }, content: " " },
    { type: "ByteFallback" },
    { type: "Fuse" },
    { type: "Strip", content: " ", start: 1, stop: 0 },
  ],
};

describe("a decoder", () => {
  test.each([
    ["none", null, ["a", "b"], "a b"],
    ["Fuse", { type: "Fuse" }, ["a", "b"], "ab"],
    ["ByteLevel", { type: "ByteLevel" }, ["a", "Ġb", "ðŁĺĢ"], "a b😀"],
    ["Metaspace", metaspace, ["▁a", "▁b▁", "▁"], "a b  "],
    ["Metaspace that never prepends", { ...metaspace, prepend_scheme: "never" }, ["▁a", "▁b"], " a b"],
    ["Metaspace of old files", { type: "Metaspace", replacement: "_", add_prefix_space: false }, ["_a", "_b"], " a b"],
    ["WordPiece", { type: "WordPiece", prefix: "##", cleanup: true }, ["do", "n", "'t", "##s", "!"], "do n 'ts!"],
    ["WordPiece as it is", { type: "WordPiece", prefix: "##", cleanup: false }, ["a", "##b", "!"], "ab !"],
    ["that of Llama 2", llama, ["▁a", "▁", "<0xF0>", "<0x9F>", "<0x98>", "<0x80>", "b"], "a 😀b"],
    ["that of Llama 2, of text that begins with a space", llama, ["▁", "▁a"], " a"],
    ["that of Llama 2, of bytes that are no character", llama, ["a", "<0xF0>", "b"], "a\ufffdb"],
    ["Strip of each token", { type: "Strip", content: "_", start: 1, stop: 2 }, ["__a___", "_", "b"], "_a_b"],
  ])("%s gives the text at once and token by token", (_, decoder, tokens, text) => {
    const vocabulary = new Vocabulary();
    for (const [id, token] of tokens.entries()) vocabulary.add(id, utf8Bytes(token));
    const tokenText = readDecoder(new JsonField(decoder, "decoder"), { vocabulary, contents: new Map() });
    const stream = new TextStream(tokenText, () => false);

    expect(new TextStream(tokenText, () => false).all(tokens.map((_, id) => id))).toBe(text);
    expect(tokens.map((_, id) => stream.push(id)).join("") + stream.flush()).toBe(text);
  });

  test.each([
    [{ type: "Sequence", decoders: [{ type: "Fuse" }, { type: "ByteFallback" }] }],
    [{ type: "Sequence", decoders: [{ type: "Fuse" }, { type: "Strip", content: " ", start: 0, stop: 1 }] }],
    [{ type: "Sequence", decoders: [{ type: "Fuse" }, { type: "Replace", pattern: { String: "a" }, content: "b" }] }],
    [{ type: "Replace", pattern: { Regex: "a" }, content: "b" }],
  ])("that could not be streamed is refused: %j", (decoder) => {
    const context = { vocabulary: new Vocabulary(), contents: new Map() };

    expect(() => readDecoder(new JsonField(decoder, "decoder"), context)).toThrow(
      expect.objectContaining({ code: "ERR_UNSUPPORTED" }),
    );
  });
});
