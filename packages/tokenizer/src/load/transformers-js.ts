/** Tokenizers of Transformers.js: their files, taken out of the object, read by this package. */
import { isJsonObject, PalaverError, type Tokenizer } from "@palaver/core";
import { loadTokenizer } from "./load-tokenizer.ts";

/**
 * Makes a tokenizer of one that `AutoTokenizer.from_pretrained` of `@xenova/transformers` (2) or
 * `@huggingface/transformers` (3 and 4) gave. The object is only read for the vocabulary and the configuration that it
 * holds; encoding is this package's, so that plain text never becomes a control token, which it does over there.
 *
 * @throws ERR_INVALID_ARGUMENT for another object, ERR_FORMAT, ERR_UNSUPPORTED, ERR_LIMIT
 */
export function fromTransformersJs(tokenizer: object): Tokenizer {
  const held = tokenizer as Held;
  // Version 4 keeps what it was made of; the older ones keep it in their parts.
  const json = held._tokenizerJSON ?? jsonOfParts(held);
  const config = held._tokenizerConfig ?? held._tokenizer_config ?? {};
  if (json === undefined) {
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      "this is no tokenizer of Transformers.js, or of a version whose parts are not known: load its files instead",
    );
  }
  return loadTokenizer({ "tokenizer.json": JSON.stringify(json), "tokenizer_config.json": JSON.stringify(config) });
}

// --- internal ---

/** The fields of either version, as far as they are read. */
interface Held {
  readonly _tokenizerJSON?: unknown;
  readonly _tokenizerConfig?: unknown;
  readonly _tokenizer_config?: unknown;
  readonly added_tokens?: unknown;
  readonly normalizer?: Part;
  readonly pre_tokenizer?: Part;
  readonly model?: Part & { readonly merges?: unknown };
  readonly post_processor?: Part;
  readonly decoder?: Part;
}

type Part = PartFields | null;

interface PartFields {
  readonly config?: unknown;
  /** Parts of a sequence. */
  readonly tokenizers?: unknown;
  /** Of Metaspace. */
  readonly replacement?: unknown;
  readonly addPrefixSpace?: unknown;
  readonly prepend_scheme?: unknown;
}

function jsonOfParts(held: Held): object | undefined {
  const model = held.model?.config;
  if (!isJsonObject(model) || !Array.isArray(held.added_tokens)) return undefined;
  return {
    added_tokens: held.added_tokens as unknown[],
    normalizer: configOf(held.normalizer),
    pre_tokenizer: configOf(held.pre_tokenizer),
    post_processor: configOf(held.post_processor),
    decoder: configOf(held.decoder),
    model: { ...model, merges: model.merges ?? held.model?.merges },
  };
}

/** Pre-tokenizers of version 2 that keep no configuration, by the names of their classes. */
const bare = new Map([
  ["WhitespacePreTokenizer", "Whitespace"],
  ["WhitespaceSplit", "WhitespaceSplit"],
  ["BertPreTokenizer", "BertPreTokenizer"],
]);

/** What a part was made of. */
function configOf(part: Part | undefined): unknown {
  if (part === null || part === undefined) return null;
  if (part.config !== undefined) return part.config;
  if (Array.isArray(part.tokenizers)) return { type: "Sequence", pretokenizers: part.tokenizers.map(configOf) };
  if (typeof part.replacement === "string") {
    const { replacement, addPrefixSpace = null, prepend_scheme: scheme = null } = part;
    // That version does not cut at its spaces.
    return { type: "Metaspace", replacement, add_prefix_space: addPrefixSpace, prepend_scheme: scheme, split: false };
  }
  const type = bare.get(part.constructor.name);
  if (type !== undefined) return { type };
  throw new PalaverError("ERR_UNSUPPORTED", `a ${part.constructor.name} of Transformers.js does not tell its settings`);
}
