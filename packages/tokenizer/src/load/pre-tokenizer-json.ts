/** The `pre_tokenizer` of tokenizer.json, as stages. */

import { spellBytes } from "../byte-alphabet.ts";
import { limits } from "../limits.ts";
import { type SplitBehavior, splitBy } from "../split/behavior.ts";
import { classMatcher, textMatcher } from "../split/class-splitter.ts";
import { metaspaceStages } from "../split/metaspace.ts";
import { patternSplitter } from "../split/pattern-splitter.ts";
import type { Stage } from "../split/pre-tokenizer.ts";
import { scanGpt2 } from "../split/scan-gpt2.ts";
import { fixedLengthSplitter, scriptSplitter } from "../split/script-splitter.ts";
import { type Splitter, scanSplitter } from "../split/splitter.ts";
import { asciiPunctuation, number, punctuation, space } from "../split/unicode-class.ts";
import { utf8Bytes } from "../utf8.ts";
import { prependScheme } from "./decoder-json.ts";
import type { JsonField } from "./json-field.ts";
import { sequenceParts } from "./sequence-parts.ts";

/** Stages, and whether the model's text is bytes (a byte-level vocabulary then does the mapping). */
export interface PreTokenizerPlan {
  readonly stages: readonly Stage[];
  readonly byteLevel: boolean;
}

/** Reads a pre-tokenizer. @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_LIMIT */
export function readPreTokenizer(field: JsonField): PreTokenizerPlan {
  const list = sequenceParts(field, "pretokenizers");
  const byteLevel = list.findIndex((step) => step.get("type").string() === "ByteLevel");
  if (byteLevel >= 0 && byteLevel < list.length - 1) {
    list[byteLevel + 1]!.unsupported("a step after ByteLevel");
  }
  return { stages: list.flatMap(readStage), byteLevel: byteLevel >= 0 };
}

/** The stage that spells text in the byte alphabet, for models that are not byte-level themselves. */
export const spellBytesStage: Stage = {
  kind: "rewrite",
  rewrite: (out, start, end) => {
    out.keep(start);
    for (let at = start; at < end; ) {
      const char = String.fromCodePoint(out.source.codePointAt(at)!);
      at += char.length;
      out.replace(at, spellBytes(utf8Bytes(char)));
    }
  },
};

/** The stage that puts a space in front of a piece that begins with none. */
export const prefixSpaceStage: Stage = {
  kind: "rewrite",
  rewrite: (out, start, end) => {
    out.keep(start);
    if (start < end && out.source[start] !== " ") out.replace(start, " ");
    out.keep(end);
  },
};

// --- internal ---

function readStage(field: JsonField): Stage[] {
  const type = field.get("type").string();
  switch (type) {
    case "ByteLevel": {
      const stages: Stage[] = [];
      if (field.get("add_prefix_space").boolean(true)) stages.push(prefixSpaceStage);
      if (field.get("use_regex").boolean(true)) stages.push(split(scanSplitter(scanGpt2)));
      return stages;
    }
    case "Split":
      return [split(readSplit(field))];
    case "Metaspace":
      return metaspaceStages({
        replacement: field.get("replacement").string("▁"),
        scheme: prependScheme(field),
        split: field.get("split").boolean(true),
      });
    case "Digits":
      return [matched(number, field.get("individual_digits").boolean(false) ? "Isolated" : "Contiguous")];
    case "Punctuation":
      return [matched(punctuation | asciiPunctuation, readBehavior(field.get("behavior"), "Isolated"))];
    case "Whitespace":
      return [split(patternSplitter(rustWords, { behavior: "Removed", invert: true }))];
    case "WhitespaceSplit":
      return [matched(space, "Removed")];
    case "BertPreTokenizer":
      return [matched(space, "Removed"), matched(punctuation | asciiPunctuation, "Isolated")];
    case "CharDelimiterSplit":
      return [split(splitBy(textMatcher(field.get("delimiter").string()), "Removed", false))];
    case "FixedLength":
      return [split(fixedLengthSplitter(Math.max(1, field.get("length").index(limits.fileBytes, 5))))];
    case "UnicodeScripts":
      return [split(scriptSplitter)];
    default:
      return field.get("type").unsupported(`pre-tokenizer ${type}`);
  }
}

/** `\w+|[^\w\s]+` with the `\w` of Rust's regex crate, which is not Oniguruma's. */
const rustWord = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d";
const rustWords = `[${rustWord}]+|[^${rustWord}\\s]+`;

function split(splitter: Splitter): Stage {
  return { kind: "split", split: splitter };
}

function matched(flags: number, behavior: SplitBehavior): Stage {
  return split(splitBy(classMatcher(flags), behavior, false));
}

function readSplit(field: JsonField): Splitter {
  const behavior = readBehavior(field.get("behavior"), "Isolated");
  const invert = field.get("invert").boolean(false);
  const literal = field.get("pattern").get("String");
  if (!literal.absent) return splitBy(textMatcher(literal.string()), behavior, invert);
  return patternSplitter(field.get("pattern").get("Regex").string(), { behavior, invert });
}

const behaviors: readonly SplitBehavior[] = [
  "Removed",
  "Isolated",
  "MergedWithPrevious",
  "MergedWithNext",
  "Contiguous",
];

function readBehavior(field: JsonField, fallback: SplitBehavior): SplitBehavior {
  const name = field.string(fallback);
  return behaviors.find((behavior) => behavior === name) ?? field.fail(`one of ${behaviors.join(", ")}`);
}
