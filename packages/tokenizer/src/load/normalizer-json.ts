/** The `normalizer` of tokenizer.json. */
import { readBase64 } from "../base64.ts";
import { bertNormalizer } from "../normalize/bert.ts";
import { byteSpelling } from "../normalize/byte-spelling.ts";
import { lowercase, nmt, prepend, replaceMatches, replaceText, strip, stripAccents } from "../normalize/edits.ts";
import { type Normalizer, sequence } from "../normalize/normalizer.ts";
import { parseCharsmap, precompiledByGrapheme } from "../normalize/precompiled.ts";
import { unicodeForm } from "../normalize/unicode-form.ts";
import { patternMatcher } from "../split/pattern-splitter.ts";
import { utf8Bytes } from "../utf8.ts";
import type { JsonField } from "./json-field.ts";
import { sequenceParts } from "./sequence-parts.ts";

/** Reads a normalizer; undefined where the file has none. @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_LIMIT */
export function readNormalizer(field: JsonField): Normalizer | undefined {
  const list = sequenceParts(field, "normalizers").map(readOne);
  if (list.length === 0) return undefined;
  return list.length === 1 ? list[0] : sequence(list);
}

// --- internal ---

function readOne(field: JsonField): Normalizer {
  const type = field.get("type").string();
  switch (type) {
    case "NFC":
    case "NFD":
    case "NFKC":
    case "NFKD":
      return unicodeForm(type);
    case "Lowercase":
      return lowercase;
    case "Prepend":
      return prepend(field.get("prepend").string());
    case "Strip":
      return strip(field.get("strip_left").boolean(true), field.get("strip_right").boolean(true));
    case "StripAccents":
      return stripAccents;
    case "Nmt":
      return nmt;
    case "Replace":
      return readReplace(field);
    case "Precompiled": {
      const map = field.get("precompiled_charsmap");
      return precompiledByGrapheme(parseCharsmap(decodeBase64(map), map.path));
    }
    case "BertNormalizer": {
      const isLower = field.get("lowercase").boolean(true);
      return bertNormalizer({
        cleanText: field.get("clean_text").boolean(true),
        spaceChinese: field.get("handle_chinese_chars").boolean(true),
        stripAccents: field.get("strip_accents").boolean(isLower),
        lowercase: isLower,
      });
    }
    case "ByteLevel":
      return byteSpelling;
    default:
      return field.get("type").unsupported(`normalizer ${type}`);
  }
}

function readReplace(field: JsonField): Normalizer {
  const content = field.get("content").string();
  const literal = field.get("pattern").get("String");
  if (!literal.absent) return replaceText(literal.string(), content);
  return replaceMatches(patternMatcher(field.get("pattern").get("Regex").string()), content);
}

function decodeBase64(field: JsonField): Uint8Array {
  const source = utf8Bytes(field.string(""));
  const bytes = new Uint8Array(source.length);
  const length = readBase64(source, 0, source.length, bytes);
  return length < 0 ? field.fail("base64") : bytes.subarray(0, length);
}
