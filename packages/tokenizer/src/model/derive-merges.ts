/**
 * Merges for vocabularies that have none but a priority for each token: tiktoken's ranks and SentencePiece's scores.
 * There any two neighbours merge whose text together is a token, the best token first.
 *
 * A token can only ever be made of one pair: two neighbours that cover exactly its text got there by merges inside that
 * text alone, and those happen in one order, the order in which the token's own text would be encoded. So the pair is
 * what is left when the token is encoded without itself; the shorter tokens, which that needs, are done before.
 */

import { codePointAt } from "../utf8.ts";
import type { Vocabulary } from "../vocabulary.ts";
import { mergeSymbols, symbolBuffer } from "./merge-symbols.ts";
import { MergeTable } from "./merge-table.ts";

/** Merges, and ids beyond the vocabulary for characters that occur only inside longer tokens. */
export interface DerivedMerges {
  readonly merges: MergeTable;
  readonly virtualChars: ReadonlyMap<number, number>;
}

/** Derives merges over bytes (byte-level vocabularies) or characters. `rank`: a token's priority, undefined to leave it out. */
export function deriveMerges(vocabulary: Vocabulary, rank: (id: number) => number | undefined): DerivedMerges {
  const merges = new MergeTable(vocabulary.size);
  const virtualChars = new Map<number, number>();
  const symbols = symbolBuffer(vocabulary.longest + 1);
  const symbolsOf = vocabulary.byteLevel ? byteSymbols(vocabulary) : charSymbols(vocabulary, virtualChars);
  for (const id of byLength(vocabulary)) {
    const priority = rank(id);
    if (priority === undefined) continue;
    const count = symbolsOf(id, symbols.ids);
    if (count < 2 || mergeSymbols(merges, symbols, count) !== 2) continue;
    merges.add(symbols.ids[0]!, symbols.ids[1]!, priority, id);
  }
  return { merges, virtualChars };
}

// --- internal ---

type SymbolReader = (id: number, into: Int32Array) => number;

/** Ids in order of their length in bytes. */
function byLength(vocabulary: Vocabulary): Int32Array {
  const starts = new Int32Array(vocabulary.longest + 2);
  for (let id = 0; id < vocabulary.size; id++) starts[vocabulary.byteLength(id) + 1]!++;
  for (let length = 1; length < starts.length; length++) starts[length]! += starts[length - 1]!;
  const ids = new Int32Array(vocabulary.size);
  for (let id = 0; id < vocabulary.size; id++) ids[starts[vocabulary.byteLength(id)]!++] = id;
  return ids;
}

function byteSymbols(vocabulary: Vocabulary): SymbolReader {
  const byteIds = Array.from({ length: 256 }, (_, byte) => vocabulary.find(Uint8Array.of(byte), 0, 1));
  return (id, into) => {
    const bytes = vocabulary.bytes(id);
    for (let i = 0; i < bytes.length; i++) into[i] = byteIds[bytes[i]!]!;
    return bytes.length;
  };
}

function charSymbols(vocabulary: Vocabulary, virtualChars: Map<number, number>): SymbolReader {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const known = new Map<number, number>();
  const encoder = new TextEncoder();
  return (id, into) => {
    const token = decoder.decode(vocabulary.bytes(id));
    let count = 0;
    for (let at = 0; at < token.length; count++) {
      const code = codePointAt(token, at, token.length);
      at += code > 0xffff ? 2 : 1;
      let symbol = known.get(code);
      if (symbol === undefined) {
        const bytes = encoder.encode(String.fromCodePoint(code));
        symbol = vocabulary.find(bytes, 0, bytes.length);
        if (symbol < 0) {
          symbol = vocabulary.size + virtualChars.size;
          virtualChars.set(code, symbol);
        }
        known.set(code, symbol);
      }
      into[count] = symbol;
    }
    return count;
  };
}
