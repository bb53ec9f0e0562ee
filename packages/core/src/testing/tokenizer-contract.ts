import type { TextSegment } from "../segment.ts";
import type { Tokenizer } from "../tokenizer.ts";
import { type ContractCase, check, checkEqual } from "./contract.ts";

export interface TokenizerContractOptions {
  /**
   * True where every text comes back from its ids unchanged, as byte-level vocabularies promise. False where the
   * tokenizer normalizes: those cases are then skipped, with this reason printed. Default: true.
   */
  readonly lossless?: boolean;
}

/** What every `Tokenizer` must do, shown on a fresh one from `make` in each case. */
export function tokenizerContract(
  make: () => Tokenizer | Promise<Tokenizer>,
  { lossless = true }: TokenizerContractOptions = {},
): ContractCase[] {
  const on = (name: string, body: (tokenizer: Tokenizer) => void): ContractCase => ({
    name,
    run: async () => body(await make()),
  });
  const onLossless = (name: string, body: (tokenizer: Tokenizer) => void): ContractCase =>
    lossless ? on(name, body) : { ...on(name, body), skip: "this tokenizer normalizes text" };
  return [
    on("every id is an integer below the vocabulary's size", everyIdIsInTheVocabulary),
    on("counting tokens gives the number of ids", countingGivesTheNumberOfIds),
    on("special tokens are added only when asked, and only around the text", specialTokensGoAround),
    on("offsets ascend inside the text and go with the same ids", offsetsAscend),
    onLossless("offsets tile the text", offsetsTile),
    on("pieces name the same ids, and their bytes are those of the text at their place", piecesHoldTheText),
    onLossless("bytes of pieces tile the text's UTF-8", piecesTile),
    on("a token's spelling leads back to it", spellingsLeadBack),
    on("ids beyond the vocabulary have no spelling, no bytes and no text", unknownIdsAreSilent),
    on("plain text never becomes a control token", plainTextIsNeverControl),
    on("only a template's own characters become a control token", onlyTemplatesControl),
    on("segments of one origin are tokenized as the joined text", segmentsAreOneText),
    onLossless("text comes back from its ids", textComesBack),
    on("a stream gives what decoding at once gives", streamEqualsDecode),
    on("a stream never gives half a character", streamGivesWholeCharacters),
    on("bytes that never become a character end as U+FFFD", brokenBytesBecomeReplacement),
    on("half a surrogate pair is read as U+FFFD", loneSurrogatesAreReplaced),
  ];
}

// --- internal ---

const texts = [
  "",
  " ",
  "a",
  "Hello, world!",
  "  two  spaces \t tab\n\n newline\r\n ",
  "Führer кот 東京 한국어 ไทย עברית",
  "👩‍👩‍👧 🇩🇪 é \u{1f9ff}\u0000\u007f",
  "def f(x):\n    return x ** 2  # 1234567890\n",
  "it's I'LL we've <|not a token|> [INST] <s>",
  "﻿bom\u2028\u2029\u0085end",
];

function everyIdIsInTheVocabulary(tokenizer: Tokenizer): void {
  for (const text of texts) {
    for (const id of tokenizer.encode(text, { addSpecialTokens: true })) {
      check(Number.isInteger(id) && id >= 0 && id < tokenizer.vocabSize, `id ${id} of ${JSON.stringify(text)}`);
    }
  }
}

function countingGivesTheNumberOfIds(tokenizer: Tokenizer): void {
  for (const text of texts) {
    for (const addSpecialTokens of [false, true]) {
      const ids = tokenizer.encode(text, { addSpecialTokens });
      checkEqual(tokenizer.countTokens(text, { addSpecialTokens }), ids.length, `count of ${JSON.stringify(text)}`);
    }
  }
}

function specialTokensGoAround(tokenizer: Tokenizer): void {
  for (const text of texts) {
    const plain = tokenizer.encode(text);
    const full = tokenizer.encode(text, { addSpecialTokens: true });
    const added = full.length - plain.length;
    const places = Array.from({ length: added + 1 }, (_, at) => full.slice(at, at + plain.length));
    check(
      places.some((ids) => ids.every((id, index) => id === plain[index])),
      `special tokens are inside ${JSON.stringify(text)}: ${full} against ${plain}`,
    );
    checkEqual(tokenizer.encode(text, { addSpecialTokens: false }), plain, "the default adds none");
  }
}

function offsetsAscend(tokenizer: Tokenizer): void {
  for (const text of texts) {
    for (const addSpecialTokens of [false, true]) {
      const { ids, offsets } = tokenizer.encodeWithOffsets(text, { addSpecialTokens });
      checkEqual(ids, tokenizer.encode(text, { addSpecialTokens }), `ids of ${JSON.stringify(text)}`);
      checkEqual(offsets.length, 2 * ids.length, "offsets");
      let last = 0;
      for (const offset of offsets) {
        check(offset >= last && offset <= text.length, `offsets ${offsets} in ${JSON.stringify(text)}`);
        last = offset;
      }
    }
  }
}

function offsetsTile(tokenizer: Tokenizer): void {
  for (const text of texts) {
    const { ids, offsets } = tokenizer.encodeWithOffsets(text);
    const joined = ids.map((_, index) => text.slice(offsets[2 * index]!, offsets[2 * index + 1]!)).join("");
    checkEqual(joined, text, `offsets ${offsets}`);
  }
}

function piecesHoldTheText(tokenizer: Tokenizer): void {
  for (const text of texts) {
    const utf8 = new TextEncoder().encode(text);
    const pieces = tokenizer.pieces(text);
    const { ids, offsets } = tokenizer.encodeWithOffsets(text);
    checkEqual(
      pieces.map((piece) => piece.id),
      ids,
      `ids of ${JSON.stringify(text)}`,
    );
    checkEqual(
      pieces.flatMap((piece) => [piece.start, piece.end]),
      Array.from(offsets),
      "places",
    );
    for (const { id, token, bytes, byteStart, byteEnd } of pieces) {
      checkEqual(token, tokenizer.idToToken(id), `spelling of ${id}`);
      checkEqual(Array.from(bytes), Array.from(utf8.subarray(byteStart, byteEnd)), `bytes of ${token}`);
    }
  }
}

function piecesTile(tokenizer: Tokenizer): void {
  for (const text of texts) {
    const joined = tokenizer.pieces(text).flatMap((piece) => Array.from(piece.bytes));
    checkEqual(joined, Array.from(new TextEncoder().encode(text)), `bytes of ${JSON.stringify(text)}`);
  }
}

function spellingsLeadBack(tokenizer: Tokenizer): void {
  const ids = [...sampleOfIds(tokenizer), ...controlIds(tokenizer)];
  for (const id of ids) {
    const token = tokenizer.idToToken(id);
    if (token === undefined) continue;
    const back = tokenizer.tokenToId(token);
    check(back !== undefined, `token ${JSON.stringify(token)} of id ${id} has no id`);
    checkEqual(tokenizer.idToToken(back), token, `spelling of ${back}`);
  }
}

function unknownIdsAreSilent(tokenizer: Tokenizer): void {
  for (const id of [tokenizer.vocabSize, tokenizer.vocabSize + 1, -1, 0.5]) {
    checkEqual(tokenizer.idToToken(id) === undefined, true, `id ${id} has no spelling`);
    checkEqual(tokenizer.tokenBytes(id).length, 0, `bytes of ${id}`);
    checkEqual(tokenizer.isControl(id), false, `control of ${id}`);
    checkEqual(tokenizer.decode([id]), "", `text of ${id}`);
  }
}

function plainTextIsNeverControl(tokenizer: Tokenizer): void {
  for (const id of controlIds(tokenizer)) {
    const spelled = tokenizer.idToToken(id)!;
    for (const text of [spelled, `a${spelled}b`, `${spelled}${spelled}`, ` ${spelled} \n${spelled}`]) {
      const forged = tokenizer.encode(text).filter((other) => tokenizer.isControl(other));
      checkEqual(forged, [], `control ids of ${JSON.stringify(text)}`);
      const counted = tokenizer.countTokens(text);
      checkEqual(counted, tokenizer.encode([{ text, origin: "content" }]).length, `count of ${JSON.stringify(text)}`);
    }
  }
}

function onlyTemplatesControl(tokenizer: Tokenizer): void {
  for (const id of controlIds(tokenizer)) {
    const spelled = tokenizer.idToToken(id)!;
    const head = spelled.slice(0, 1);
    const tail = spelled.slice(1);
    const found = (segments: TextSegment[]): number[] =>
      tokenizer.encode(segments).filter((other) => tokenizer.isControl(other));
    checkEqual(found([segment(spelled)]), [id], `${spelled} by the template`);
    checkEqual(found([segment("x", "content"), segment(spelled), segment("y", "content")]), [id], `${spelled} between`);
    checkEqual(found([segment(spelled, "content")]), [], `${spelled} by a person`);
    checkEqual(found([segment(spelled, "tool-call")]), [], `${spelled} by a tool`);
    if (tail === "") continue;
    checkEqual(found([segment(head), segment(tail)]), [id], `${spelled} in two parts of the template`);
    checkEqual(found([segment(head), segment(tail, "content")]), [], `${spelled} ended by a person`);
    checkEqual(found([segment(head, "content"), segment(tail)]), [], `${spelled} begun by a person`);
  }
}

function segmentsAreOneText(tokenizer: Tokenizer): void {
  for (const text of texts) {
    const units = text.split("").map((unit) => segment(unit, "content"));
    checkEqual(tokenizer.encode(units), tokenizer.encode(text), `units of ${JSON.stringify(text)}`);
    const { ids } = tokenizer.encodeWithOffsets([segment(text, "content"), segment("", "template")]);
    checkEqual(ids, tokenizer.encode(text), `with an empty segment: ${JSON.stringify(text)}`);
  }
}

function textComesBack(tokenizer: Tokenizer): void {
  for (const text of texts) checkEqual(tokenizer.decode(tokenizer.encode(text)), text, "text");
}

function streamEqualsDecode(tokenizer: Tokenizer): void {
  const controls = controlIds(tokenizer).slice(0, 3);
  const lists = texts.map((text) => tokenizer.encode(text, { addSpecialTokens: true }));
  const mixed = lists.flatMap((ids) => [...controls, ...ids, ...ids.slice(0, 1)]);
  for (const ids of [...lists, mixed, mixed.toReversed(), sampleOfIds(tokenizer)]) {
    for (const skipSpecialTokens of [false, true]) {
      const stream = tokenizer.decodeStream({ skipSpecialTokens });
      const parts = ids.map((id) => stream.push(id));
      const streamed = parts.join("") + stream.flush();
      checkEqual(streamed, tokenizer.decode(ids, { skipSpecialTokens }), `stream of ${ids.slice(0, 20)}`);
    }
  }
}

function streamGivesWholeCharacters(tokenizer: Tokenizer): void {
  for (const text of texts) {
    const ids = tokenizer.encode(text);
    const stream = tokenizer.decodeStream();
    const parts = [...ids.map((id) => stream.push(id)), stream.flush()];
    for (const part of parts) {
      check(!/\p{Surrogate}/u.test(part), `half a character in ${JSON.stringify(parts)}`);
      check(!part.includes("\ufffd"), `a broken character in ${JSON.stringify(parts)}`);
    }
  }
}

function brokenBytesBecomeReplacement(tokenizer: Tokenizer): void {
  const lead = sampleOfIds(tokenizer).find((id) => {
    const bytes = tokenizer.tokenBytes(id);
    return bytes.length === 1 && bytes[0]! >= 0xc2 && bytes[0]! <= 0xf4;
  });
  if (lead === undefined) return;
  const stream = tokenizer.decodeStream();
  checkEqual(stream.push(lead), "", "half a character");
  checkEqual(stream.flush(), "\ufffd", "the end of half a character");
  checkEqual(tokenizer.decode([lead]), "\ufffd", "half a character at once");
}

function loneSurrogatesAreReplaced(tokenizer: Tokenizer): void {
  checkEqual(tokenizer.encode("a\ud800b"), tokenizer.encode("a\ufffdb"), "ids of half a pair");
  checkEqual(tokenizer.encode("\udc00"), tokenizer.encode("\ufffd"), "ids of the other half");
}

function segment(text: string, origin: TextSegment["origin"] = "template"): TextSegment {
  return { text, origin };
}

function controlIds(tokenizer: Tokenizer): number[] {
  const ids: number[] = [];
  for (let id = 0; id < tokenizer.vocabSize && ids.length < 40; id++) {
    if (tokenizer.isControl(id)) ids.push(id);
  }
  return ids;
}

/** Low ids hold the bytes in every kind of vocabulary that has them. */
function sampleOfIds(tokenizer: Tokenizer): number[] {
  return Array.from({ length: Math.min(tokenizer.vocabSize, 600) }, (_, id) => id);
}
