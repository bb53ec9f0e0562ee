/** What a tokenizer.json of byte-level byte pair encoding holds, in the form of the Hugging Face tokenizers library. */
export interface TrainedTokenizer {
  readonly version: "1.0";
  readonly truncation: null;
  readonly padding: null;
  readonly added_tokens: readonly TrainedControlToken[];
  readonly normalizer: null;
  readonly pre_tokenizer: object;
  readonly post_processor: object;
  readonly decoder: object;
  readonly model: {
    readonly type: "BPE";
    readonly dropout: null;
    readonly unk_token: null;
    readonly continuing_subword_prefix: null;
    readonly end_of_word_suffix: null;
    readonly fuse_unk: false;
    readonly byte_fallback: false;
    readonly ignore_merges: false;
    /** Ids by token, bytes in GPT-2's alphabet. */
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges: readonly (readonly [left: string, right: string])[];
  };
}

/** A control token of a tokenizer.json. */
export interface TrainedControlToken {
  readonly id: number;
  readonly content: string;
  readonly single_word: false;
  readonly lstrip: false;
  readonly rstrip: false;
  readonly normalized: false;
  readonly special: true;
}

export interface TrainedParts {
  readonly vocab: ReadonlyMap<string, number>;
  readonly merges: readonly (readonly [left: string, right: string])[];
  readonly specialTokens: readonly string[];
  readonly splitPattern: string;
  readonly beginToken: string | undefined;
}

/** Puts what was learned into the form of the file; control tokens get the ids behind all others. */
export function trainedTokenizer(parts: TrainedParts): TrainedTokenizer {
  const { vocab, merges, specialTokens, splitPattern, beginToken } = parts;
  const added = specialTokens.map((content, index) => controlToken(content, vocab.size + index));
  const begin = added.find(({ content }) => content === beginToken);
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: null,
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: splitPattern }, behavior: "Isolated", invert: false },
        { ...byteLevel, use_regex: false },
      ],
    },
    post_processor: begin === undefined ? byteLevel : { type: "Sequence", processors: [byteLevel, beginWith(begin)] },
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(vocab),
      merges,
    },
  };
}

// --- internal ---

const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };

function controlToken(content: string, id: number): TrainedControlToken {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
}

function beginWith({ content, id }: TrainedControlToken): object {
  const begin = { SpecialToken: { id: content, type_id: 0 } };
  const text = (name: "A" | "B", type: number): object => ({ Sequence: { id: name, type_id: type } });
  return {
    type: "TemplateProcessing",
    single: [begin, text("A", 0)],
    pair: [begin, text("A", 0), { SpecialToken: { id: content, type_id: 1 } }, text("B", 1)],
    special_tokens: { [content]: { id: content, ids: [id], tokens: [content] } },
  };
}
