/** Control tokens of the tiny model, in the Llama 3 form; their ids follow the 256 bytes. */
export const controlTokens = [
  "<|begin_of_text|>",
  "<|end_of_text|>",
  "<|start_header_id|>",
  "<|end_header_id|>",
  "<|eot_id|>",
] as const;

/** A `tokenizer.json` whose vocabulary is the 256 bytes and the control tokens: every text has exact, readable ids. */
export function tinyTokenizerJson(): string {
  const vocab = Object.fromEntries(byteCharacters().map((character, byte) => [character, byte]));
  const [begin] = controlTokens;
  return JSON.stringify({
    version: "1.0",
    added_tokens: controlTokens.map((content, index) => ({
      id: 256 + index,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: true },
    post_processor: {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: begin, type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
      pair: [],
      special_tokens: { [begin]: { id: begin, ids: [256], tokens: [begin] } },
    },
    decoder: { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: true },
    model: { type: "BPE", vocab, merges: [] },
  });
}

// --- internal ---

/** GPT-2's printable stand-in for each byte: printable bytes stand for themselves, the others start at U+0100. */
function byteCharacters(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCharCode(isPrintable ? byte : next++);
  });
}
