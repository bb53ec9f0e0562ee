/** The `decoder` of tokenizer.json. */
import { byteLevelText } from "../decode/byte-level-text.ts";
import { type DecodeStep, stepText } from "../decode/step-text.ts";
import type { TokenText } from "../decode/token-text.ts";
import { limits } from "../limits.ts";
import type { Vocabulary } from "../vocabulary.ts";
import type { JsonField } from "./json-field.ts";
import { sequenceParts } from "./sequence-parts.ts";

/** What decoding needs to know about tokens. */
export interface DecoderContext {
  readonly vocabulary: Vocabulary;
  /** Contents of added tokens by id. */
  readonly contents: ReadonlyMap<number, string>;
}

/** Reads a decoder. @throws ERR_FORMAT, ERR_UNSUPPORTED */
export function readDecoder(field: JsonField, context: DecoderContext): TokenText {
  const { vocabulary, contents } = context;
  const list = sequenceParts(field, "decoders");
  if (list.some((step) => step.get("type").string() === "ByteLevel")) return byteLevelText(vocabulary, contents);

  const plan: Plan = { steps: [], byteStep: undefined, leadingSpaces: 0, isFused: false };
  // Without a decoder the reference joins tokens with spaces.
  if (list.length === 0) plan.steps.push((token, isFirst) => (isFirst ? token : ` ${token}`));
  for (const step of list) addStep(step, plan);
  return stepText((id) => contents.get(id) ?? vocabulary.token(id), plan);
}

// --- internal ---

interface Plan {
  steps: DecodeStep[];
  byteStep: number | undefined;
  leadingSpaces: number;
  isFused: boolean;
}

function addStep(field: JsonField, plan: Plan): void {
  const type = field.get("type").string();
  switch (type) {
    case "Fuse":
      plan.isFused = true;
      return;
    case "ByteFallback":
      if (plan.isFused) field.unsupported("bytes after Fuse");
      plan.byteStep = plan.steps.length;
      return;
    case "Strip":
      addStrip(field, plan);
      return;
    default:
      // A step over the whole text could not be streamed; no tokenizer in use has one.
      if (plan.isFused) field.unsupported(`${type} after Fuse`);
      plan.steps.push(tokenStep(type, field));
  }
}

function addStrip(field: JsonField, plan: Plan): void {
  const content = field.get("content").string();
  const start = field.get("start").index(limits.steps);
  const stop = field.get("stop").index(limits.steps);
  if (plan.isFused) {
    if (content !== " " && start > 0) field.get("content").unsupported("stripping anything but spaces from the text");
    if (stop > 0) field.get("stop").unsupported("stripping the end of the text");
    plan.leadingSpaces = Math.max(plan.leadingSpaces, start);
    return;
  }
  plan.steps.push((token) => {
    let from = 0;
    let to = token.length;
    while (from < Math.min(start, token.length) && token[from] === content) from++;
    for (let count = 0; count < stop && to > from && token[to - 1] === content; count++) to--;
    return token.slice(from, to);
  });
}

function tokenStep(type: string, field: JsonField): DecodeStep {
  switch (type) {
    case "Replace": {
      const pattern = field.get("pattern").get("String");
      if (pattern.absent) field.get("pattern").unsupported("a pattern other than a String in a decoder");
      const from = pattern.string();
      const to = field.get("content").string();
      return from === "" ? (token) => token : (token) => token.replaceAll(from, to);
    }
    case "Metaspace": {
      const replacement = field.get("replacement").string("▁");
      const prepends = prependScheme(field) !== "never";
      return (token, isFirst) => token.replaceAll(replacement, isFirst && prepends ? "" : " ");
    }
    case "WordPiece": {
      const prefix = field.get("prefix").string("##");
      const clean = field.get("cleanup").boolean(true);
      return (token, isFirst) => {
        const joined = isFirst ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
        return clean ? withoutSpaces(joined) : joined;
      };
    }
    default:
      return field.get("type").unsupported(`decoder ${type}`);
  }
}

/** When Metaspace puts its mark in front; older files say it by `add_prefix_space`. */
export function prependScheme(field: JsonField): "first" | "never" | "always" {
  if (!field.get("add_prefix_space").boolean(true)) return "never";
  const scheme = field.get("prepend_scheme").string("always");
  if (scheme === "first" || scheme === "never" || scheme === "always") return scheme;
  return field.get("prepend_scheme").fail("first, never or always");
}

/** What WordPiece's `cleanup` takes out, in the reference's order. */
const cleanups = [
  [" .", "."],
  [" ?", "?"],
  [" !", "!"],
  [" ,", ","],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [" do not", " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
] as const;

function withoutSpaces(token: string): string {
  return cleanups.reduce((text, [from, to]) => text.replaceAll(from, to), token);
}
