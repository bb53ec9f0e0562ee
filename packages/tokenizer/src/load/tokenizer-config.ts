/** The small files beside a vocabulary: which tokens are special, and what they are for. */
import type { SpecialTokenIds } from "@palaver/core";
import type { AddedToken } from "../encode/added-tokens.ts";
import { limits } from "../limits.ts";
import type { JsonField } from "./json-field.ts";

/** What tokenizer_config.json, special_tokens_map.json and added_tokens.json say together. */
export interface TokenizerConfig {
  /** `tokenizer_class`, as it is written. */
  readonly className: string | undefined;
  /** Added tokens with their ids. */
  readonly added: readonly AddedToken[];
  /** Contents of all tokens that are named for a purpose: they are special whatever else is said of them. */
  readonly named: ReadonlySet<string>;
  readonly roles: Readonly<Record<Role, string | undefined>>;
  readonly addBos: boolean | undefined;
  readonly addEos: boolean | undefined;
  readonly addPrefixSpace: boolean | undefined;
  readonly legacy: boolean | undefined;
}

type Role = "bos" | "eos" | "unk" | "pad";

export interface ConfigFiles {
  readonly config: JsonField | undefined;
  readonly specialTokensMap: JsonField | undefined;
  readonly addedTokens: JsonField | undefined;
}

/** Reads the files that are there. @throws ERR_FORMAT, ERR_LIMIT */
export function readTokenizerConfig({ config, specialTokensMap, addedTokens }: ConfigFiles): TokenizerConfig {
  const sources = [config, specialTokensMap].filter((field) => field !== undefined);
  const flag = (name: string): boolean | undefined => {
    const field = config?.get(name);
    return field === undefined || field.absent ? undefined : field.boolean();
  };
  const role = (name: string): string | undefined => {
    for (const source of sources) {
      const content = contentOf(source.get(`${name}_token`));
      if (content !== undefined) return content;
    }
    return undefined;
  };
  const roles = { bos: role("bos"), eos: role("eos"), unk: role("unk"), pad: role("pad") };
  const named = new Set<string>();
  for (const source of sources) {
    for (const name of roleNames) addName(named, source.get(name));
    const more = source.get("additional_special_tokens");
    if (Array.isArray(more.value)) for (const item of more.list(limits.addedTokens)) addName(named, item);
  }
  const className = config?.get("tokenizer_class");
  return {
    className: className === undefined || className.absent ? undefined : className.string(),
    added: [...readDecoder(config), ...readAdded(addedTokens)],
    named,
    roles,
    addBos: flag("add_bos_token"),
    addEos: flag("add_eos_token"),
    addPrefixSpace: flag("add_prefix_space"),
    legacy: flag("legacy"),
  };
}

/** An added token as tokenizer.json and tokenizer_config.json describe it. @throws ERR_FORMAT */
export function readAddedToken(field: JsonField, id: number): AddedToken {
  const special = field.get("special").boolean(false);
  return {
    id,
    content: field.get("content").string(),
    special,
    normalized: field.get("normalized").boolean(!special),
    stripLeft: field.get("lstrip").boolean(false),
    stripRight: field.get("rstrip").boolean(false),
    singleWord: field.get("single_word").boolean(false),
  };
}

/** Ids of the tokens with a purpose. */
export function specialIds(
  roles: TokenizerConfig["roles"],
  idOf: (token: string) => number | undefined,
): SpecialTokenIds {
  const ids: { -readonly [name in Role]?: number } = {};
  for (const name of ["bos", "eos", "unk", "pad"] as const) {
    const token = roles[name];
    const id = token === undefined ? undefined : idOf(token);
    if (id !== undefined) ids[name] = id;
  }
  return ids;
}

// --- internal ---

const roleNames = ["bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token", "mask_token"] as const;

/** A token is written as its content or as an object with it. */
function contentOf(field: JsonField): string | undefined {
  if (field.absent) return undefined;
  return typeof field.value === "string" ? field.value : field.get("content").string();
}

function addName(names: Set<string>, field: JsonField): void {
  const content = contentOf(field);
  if (content !== undefined) names.add(content);
}

function readDecoder(config: JsonField | undefined): AddedToken[] {
  const field = config?.get("added_tokens_decoder");
  if (field === undefined || field.absent) return [];
  return field.members().map(([name, token]) => {
    const id = Number(name);
    if (!(Number.isInteger(id) && id >= 0 && id < limits.vocabularySize)) token.fail("listed under a token id");
    return readAddedToken(token, id);
  });
}

function readAdded(field: JsonField | undefined): AddedToken[] {
  if (field === undefined || field.absent) return [];
  return field.members().map(([content, id]) => ({
    id: id.index(limits.vocabularySize - 1),
    content,
    special: false,
    normalized: false,
    stripLeft: false,
    stripRight: false,
    singleWord: false,
  }));
}
