import { isJsonObject, isPalaverError, PalaverError } from "@palaver/core";
import { type DataFormat, detectDataFormat } from "./data-format.ts";
import { type DataRecord, jsonArrayRecords, jsonLineRecords, type Lines } from "./data-record.ts";
import type { Example } from "./example.ts";
import { parseExample } from "./parse-example.ts";
import { plainTexts } from "./plain-text.ts";

/** About a long book: a longer line is a mistake, and would be held in memory several times. */
const MAX_RECORD_CHARACTERS = 4_000_000;

/** What a line of a data file gave. */
export type DataEvent =
  | { readonly type: "example"; readonly line: number; readonly example: Example }
  /** The line cannot be used; `reason` says why, in words. */
  | { readonly type: "bad-line"; readonly line: number; readonly reason: string }
  /** The line is fine and was not asked for. */
  | { readonly type: "left-out"; readonly line: number; readonly reason: string };

export interface ReadExamplesOptions {
  /**
   * `plain`: not JSON, but text as it is. Default: found out, for each record; a file is plain if it begins with neither
   * `{` nor `[` nor `"` and its second line is no JSON object.
   */
  readonly format?: DataFormat | "plain" | undefined;
  /** Takes only records with a `rating` of at least this. Default: all records, rated or not. */
  readonly minRating?: number | undefined;
  /** In plain text, a line that stands between two texts. Default: none. */
  readonly separator?: string | undefined;
  /** Longer records are bad lines; longer plain texts are cut at line ends. Default: 4,000,000. */
  readonly maxRecordCharacters?: number | undefined;
}

/**
 * Reads a data file as a stream: JSON lines, one JSON array, or plain text. Each record becomes one event, a bad one too.
 * @throws ERR_INVALID_ARGUMENT for options; what `lines` throws
 */
export async function* readExamples(
  lines: Lines,
  options: ReadExamplesOptions = {},
): AsyncGenerator<DataEvent, void, undefined> {
  const { separator, minRating, maxRecordCharacters: maxCharacters = MAX_RECORD_CHARACTERS } = options;
  if (!(Number.isSafeInteger(maxCharacters) && maxCharacters > 0)) {
    throw new PalaverError(
      "ERR_INVALID_ARGUMENT",
      `maxRecordCharacters must be a positive integer, got ${maxCharacters}`,
    );
  }
  const { first, second, all } = await peek(lines);
  // A first line that is broken must not make a text of all the records behind it.
  const isJson = /^[{["]/.test(first) || isObject(second);
  const format = options.format ?? (isJson ? undefined : "plain");
  if (format === "plain") {
    for await (const text of plainTexts(all, { separator, maxCharacters })) yield { type: "example", ...text };
    return;
  }
  const records = first.startsWith("[") ? jsonArrayRecords : jsonLineRecords;
  for await (const record of records(all, maxCharacters)) yield readRecord(record, format, minRating);
}

// --- internal ---

/** The first two lines that are not empty, and all lines. */
async function peek(lines: Lines): Promise<{
  readonly first: string;
  readonly second: string;
  readonly all: AsyncGenerator<string>;
}> {
  const iterator = (async function* () {
    yield* lines;
  })();
  const seen: string[] = [];
  const filled: string[] = [];
  while (filled.length < 2) {
    const { done, value } = await iterator.next();
    if (done) break;
    // A byte order mark belongs to the file and not to its first record.
    const text = seen.length === 0 ? value.replace(/^\ufeff/, "") : value;
    seen.push(text);
    const start = text.trimStart();
    if (start !== "") filled.push(start);
    // An array's second line is inside of it.
    if (start.startsWith("[")) break;
  }
  const all = (async function* () {
    try {
      yield* seen;
      yield* iterator;
    } finally {
      await iterator.return(undefined);
    }
  })();
  const [first = "", second = ""] = filled;
  return { first, second, all };
}

function isObject(line: string): boolean {
  if (!line.startsWith("{")) return false;
  try {
    return isJsonObject(JSON.parse(line));
  } catch {
    return false;
  }
}

function readRecord(record: DataRecord, given: DataFormat | undefined, minRating: number | undefined): DataEvent {
  const { line } = record;
  if ("reason" in record) return { type: "bad-line", line, reason: record.reason };
  const { value } = record;
  if (minRating !== undefined) {
    const rating = isJsonObject(value) ? value.rating : undefined;
    if (typeof rating !== "number") return { type: "left-out", line, reason: "it has no rating" };
    if (!(rating >= minRating)) return { type: "left-out", line, reason: `its rating is ${rating}` };
  }
  const format = given ?? detectDataFormat(value);
  if (format === undefined) {
    return { type: "bad-line", line, reason: `no known format: it has ${keysOf(value)}` };
  }
  try {
    return { type: "example", line, example: parseExample(value, format) };
  } catch (error) {
    if (!isPalaverError(error, "ERR_INVALID_ARGUMENT")) throw error;
    return { type: "bad-line", line, reason: error.message };
  }
}

function keysOf(value: unknown): string {
  if (!isJsonObject(value)) return "no keys";
  const keys = Object.keys(value);
  return keys.length === 0 ? "no keys" : `the keys ${keys.slice(0, 10).join(", ").slice(0, 200)}`;
}
