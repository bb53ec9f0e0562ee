/**
 * Splits tokenizer.json in two: its vocabulary and merges, which are nearly all of its bytes and are read in place, and
 * the rest, which is small and goes through `JSON.parse`.
 */
import { JsonCursor } from "./json-cursor.ts";
import { type JsonField, parseJsonFile } from "./json-field.ts";

/** A tokenizer.json in parts. */
export interface HeavyJson {
  /** Everything but `model.vocab` and `model.merges`, which read as null. */
  readonly root: JsonField;
  /** Cursors at the two, where the file has them. */
  readonly vocab: JsonCursor | undefined;
  readonly merges: JsonCursor | undefined;
  /** Bytes of the vocabulary's value, for a first guess of its size. */
  readonly vocabBytes: number;
}

/** Splits a file. @throws ERR_FORMAT */
export function splitHeavyJson(bytes: Uint8Array, file: string): HeavyJson {
  const cursor = new JsonCursor(bytes, file);
  const ranges: Range[] = [];
  members(cursor, (name) => {
    if (name !== "model" || cursor.peek() !== 0x7b) return false;
    members(cursor, (inner) => {
      if (inner !== "vocab" && inner !== "merges") return false;
      const start = cursor.skip();
      ranges.push({ name: inner, start, end: cursor.position });
      return true;
    });
    return true;
  });
  if (cursor.peek() !== -1) cursor.fail("something after the end");

  // Of two members with the same name the last one counts, as everywhere in JSON.
  const vocab = ranges.findLast((range) => range.name === "vocab");
  const merges = ranges.findLast((range) => range.name === "merges");
  const open = (range: Range | undefined): JsonCursor | undefined =>
    range === undefined || bytes[range.start] === 0x6e ? undefined : new JsonCursor(bytes, file, range.start);
  return {
    root: parseJsonFile(without(bytes, ranges), file),
    vocab: open(vocab),
    merges: open(merges),
    vocabBytes: vocab === undefined ? 0 : vocab.end - vocab.start,
  };
}

// --- internal ---

interface Range {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Walks over an object's members; `read` returns true if it has read the value itself. */
function members(cursor: JsonCursor, read: (name: string) => boolean): void {
  cursor.expect(0x7b);
  for (let first = true; cursor.more(0x7d, first); first = false) {
    const name = cursor.text();
    cursor.expect(0x3a);
    if (!read(name)) cursor.skip();
  }
}

function without(bytes: Uint8Array, ranges: readonly Range[]): string {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let text = "";
  let done = 0;
  for (const { start, end } of ranges) {
    text += `${decoder.decode(bytes.subarray(done, start))}null`;
    done = end;
  }
  return text + decoder.decode(bytes.subarray(done));
}
