import type { Piece } from "@palaver/core";
import { codePointAt, utf8Bytes, utf8Length } from "../utf8.ts";
import type { TokenSink } from "./token-sink.ts";

/** Ids with their places, as pieces of the text and of its UTF-8. */
export function encodingPieces(text: string, { ids, places = [] }: TokenSink, spell: (id: number) => string): Piece[] {
  const utf8 = utf8Bytes(text);
  const byteOf = byteCounter(text);
  return ids.map((id, index) => {
    const from = places[2 * index]!;
    const to = places[2 * index + 1]!;
    const byteStart = byteOf(from);
    const byteEnd = byteOf(to);
    const bytes = utf8.slice(byteStart, byteEnd);
    return { id, token: spell(id), bytes, byteStart, byteEnd, start: from >>> 2, end: to >>> 2 };
  });
}

// --- internal ---

/** The byte of a place. Places come in ascending order, so one walk over the text serves them all. */
function byteCounter(text: string): (place: number) => number {
  let unit = 0;
  let bytes = 0;
  return (place) => {
    const target = place >>> 2;
    while (unit < target) {
      const code = codePointAt(text, unit, text.length);
      bytes += utf8Length(code);
      unit += code > 0xffff ? 2 : 1;
    }
    return bytes + (place & 3);
  };
}
