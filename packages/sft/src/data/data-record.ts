/**
 * Splits lines of a file into records, reading on: JSON of one record a line, or one JSON array over any number of lines,
 * as data sets are published in both.
 */

/** One record of a file, or why there is none. */
export type DataRecord =
  | { readonly line: number; readonly value: unknown }
  | { readonly line: number; readonly reason: string };

/** Lines of a text, without their line ends. */
export type Lines = Iterable<string> | AsyncIterable<string>;

/** Records of one JSON value a line; empty lines are passed over. */
export async function* jsonLineRecords(lines: Lines, maxCharacters: number): AsyncGenerator<DataRecord> {
  let line = 0;
  for await (const text of lines) {
    line++;
    if (text.length > maxCharacters) yield tooLong(line, maxCharacters);
    else if (text.trim() !== "") yield parseRecord(line, text);
  }
}

/** The elements of one JSON array, each with the line that it begins on. */
export async function* jsonArrayRecords(lines: Lines, maxCharacters: number): AsyncGenerator<DataRecord> {
  const splitter = new ElementSplitter(maxCharacters);
  let line = 0;
  for await (const text of lines) yield* splitter.push(text, ++line);
  yield* splitter.end(line);
}

// --- internal ---

function tooLong(line: number, maxCharacters: number): DataRecord {
  return { line, reason: `the record is longer than ${maxCharacters} characters` };
}

function parseRecord(line: number, text: string): DataRecord {
  try {
    return { line, value: JSON.parse(text) };
  } catch (error) {
    // What JSON.parse throws is a SyntaxError, whose message says where it stopped.
    return { line, reason: `no JSON: ${(error as Error).message}` };
  }
}

/** Finds where the elements of the outermost array begin and end; what is inside them is JSON.parse's to judge. */
class ElementSplitter {
  readonly #maxCharacters: number;
  #state: "before" | "inside" | "after" = "before";
  /** A comma promised another element. */
  #isContinued = false;
  /** Brackets open inside of the current element. */
  #depth = 0;
  #isString = false;
  #isEscaped = false;
  #parts: string[] = [];
  #characters = 0;
  #startLine = 0;

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  *push(text: string, line: number): Generator<DataRecord> {
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const character = text[i]!;
      if (this.#state !== "inside") {
        if (/\s|\ufeff/.test(character)) continue;
        if (this.#state === "after" || character !== "[") {
          yield { line, reason: `unexpected ${JSON.stringify(character)} ${this.#state} the list` };
          return;
        }
        this.#state = "inside";
        from = i + 1;
      } else if (this.#isString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (character === "\\") this.#isEscaped = true;
        else if (character === '"') this.#isString = false;
      } else if (character === '"') this.#isString = true;
      else if (character === "{" || character === "[") this.#depth++;
      else if (this.#depth > 0 && (character === "}" || character === "]")) this.#depth--;
      else if (this.#depth === 0 && (character === "," || character === "]")) {
        this.#keep(text.slice(from, i), line);
        yield* this.#take(character === "," || this.#isContinued, line);
        this.#isContinued = character === ",";
        if (character === "]") this.#state = "after";
        from = i + 1;
      }
    }
    if (this.#state === "inside") this.#keep(`${text.slice(from)}\n`, line);
  }

  *end(line: number): Generator<DataRecord> {
    if (this.#state === "inside") yield { line, reason: "the list ends in the middle" };
  }

  #keep(text: string, line: number): void {
    if (this.#characters === 0) {
      if (text.trim() === "") return;
      this.#startLine = line;
    }
    this.#characters += text.length;
    // What is too long is counted to its end, and not kept.
    if (this.#characters <= this.#maxCharacters) this.#parts.push(text);
  }

  *#take(isNeeded: boolean, line: number): Generator<DataRecord> {
    const text = this.#parts.splice(0).join("");
    const characters = this.#characters;
    this.#characters = 0;
    if (characters > this.#maxCharacters) yield tooLong(this.#startLine, this.#maxCharacters);
    else if (characters > 0) yield parseRecord(this.#startLine, text);
    else if (isNeeded) yield { line, reason: "no JSON: an element is missing" };
  }
}
