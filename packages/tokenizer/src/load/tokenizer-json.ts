/** tokenizer.json of the Hugging Face tokenizers library: every part is one of theirs and gives their ids. */
import { PalaverError, type Tokenizer } from "@palaver/core";
import { createTokenizer } from "../create-tokenizer.ts";
import type { AddedToken } from "../encode/added-tokens.ts";
import { limits } from "../limits.ts";
import type { Stage } from "../split/pre-tokenizer.ts";
import { Vocabulary } from "../vocabulary.ts";
import { readDecoder } from "./decoder-json.ts";
import { type HeavyJson, splitHeavyJson } from "./heavy-json.ts";
import type { JsonField } from "./json-field.ts";
import { readModel } from "./model-json.ts";
import { readNormalizer } from "./normalizer-json.ts";
import { readPostProcessor, type Surroundings } from "./post-processor-json.ts";
import { readPreTokenizer, spellBytesStage } from "./pre-tokenizer-json.ts";
import { readAddedToken, specialIds, type TokenizerConfig } from "./tokenizer-config.ts";

/** Reads a tokenizer.json with the small files beside it. @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_LIMIT */
export function tokenizerFromJson(bytes: Uint8Array, config: TokenizerConfig, file = "tokenizer.json"): Tokenizer {
  const heavy = splitHeavyJson(bytes, file);
  const { root } = heavy;
  const added = mergeAdded(root, config);
  const hidden = added.filter((token) => token.special);
  const plan = readPreTokenizer(root.get("pre_tokenizer"));
  const modelType = typeOfModel(root.get("model"), heavy);
  // Only byte pair encoding maps bytes in the model; for the others the text itself is spelled in the byte alphabet.
  const byteLevel = plan.byteLevel && modelType === "BPE";
  const vocabulary = new Vocabulary({ byteLevel });
  const { model, emittedUnknownId } = readModel(heavy, modelType, vocabulary, hidden);
  const contents = new Map(added.map((token) => [token.id, token.content]));
  const idsByContent = new Map(added.map((token) => [token.content, token.id]));
  const idOf = (token: string): number | undefined => idsByContent.get(token) ?? vocabulary.id(token);
  const stages: Stage[] = [...plan.stages];
  if (plan.byteLevel && !byteLevel) stages.push(spellBytesStage);
  return createTokenizer({
    vocabulary,
    added,
    normalizer: readNormalizer(root.get("normalizer")),
    stages,
    model,
    ...surroundings(root, config, idOf),
    tokenText: readDecoder(root.get("decoder"), { vocabulary, contents }),
    special: specialIds(config.roles, idOf),
    emittedUnknownId,
  });
}

// --- internal ---

/** The added tokens of all files. Later files say more of the same token; special is what any of them calls special. */
function mergeAdded(root: JsonField, config: TokenizerConfig): AddedToken[] {
  const field = root.get("added_tokens");
  const own = field.absent
    ? []
    : field
        .list(limits.addedTokens)
        .map((item) => readAddedToken(item, item.get("id").index(limits.vocabularySize - 1)));
  const byId = new Map<number, AddedToken>();
  const byContent = new Map<string, number>();
  for (const token of [...own, ...config.added]) {
    if (token.content === "") continue;
    const known = byId.get(token.id);
    // A file that only repeats a token without flags says nothing new.
    if (known !== undefined && known.content !== token.content) continue;
    if (byContent.has(token.content) && byContent.get(token.content) !== token.id) continue;
    const special = token.special || (known?.special ?? false) || config.named.has(token.content);
    byId.set(token.id, { ...token, special });
    byContent.set(token.content, token.id);
  }
  return [...byId.values()].sort((a, b) => a.id - b.id);
}

/** The model's kind; old files leave it to be guessed from what is there. */
function typeOfModel(model: JsonField, { merges }: HeavyJson): string {
  const type = model.get("type");
  if (!type.absent) return type.string();
  if (merges !== undefined) return "BPE";
  if (!model.get("unk_id").absent) return "Unigram";
  return model.get("continuing_subword_prefix").absent ? "WordLevel" : "WordPiece";
}

function surroundings(
  root: JsonField,
  config: TokenizerConfig,
  idOf: (token: string) => number | undefined,
): Surroundings {
  const declared = readPostProcessor(root.get("post_processor"), idOf);
  for (const id of [...declared.prefix, ...declared.suffix]) {
    if (id >= limits.vocabularySize) root.get("post_processor").fail("made of ids in the vocabulary");
  }
  const { addBos, addEos, roles } = config;
  if (!/^(Llama|CodeLlama|Gemma|Cohere)Tokenizer(Fast)?$/.test(config.className ?? "")) return declared;
  // These classes of the reference rebuild the post-processor from their two flags.
  return {
    prefix: addBos === undefined ? declared.prefix : addBos ? roleIds(roles.bos, idOf) : [],
    suffix: addEos === undefined ? declared.suffix : addEos ? roleIds(roles.eos, idOf) : [],
  };
}

function roleIds(token: string | undefined, idOf: (token: string) => number | undefined): number[] {
  const id = token === undefined ? undefined : idOf(token);
  if (id === undefined) {
    throw new PalaverError("ERR_FORMAT", `tokenizer_config.json asks for a token ${token} that is not there`, {
      details: { path: "tokenizer_config.json" },
    });
  }
  return [id];
}
