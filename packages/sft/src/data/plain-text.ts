import type { Lines } from "./data-record.ts";
import type { TextExample } from "./example.ts";

export interface PlainTextOptions {
  /** A line that stands between two texts, such as `<|endoftext|>`. Default: none, and all is one text. */
  readonly separator?: string | undefined;
  /** A longer text is given in several pieces, cut at line ends. */
  readonly maxCharacters: number;
}

/** Texts of a plain file, with the line that each begins on. */
export async function* plainTexts(
  lines: Lines,
  { separator, maxCharacters }: PlainTextOptions,
): AsyncGenerator<{ readonly line: number; readonly example: TextExample }> {
  let parts: string[] = [];
  let characters = 0;
  let line = 0;
  let start = 1;
  const take = (): { line: number; example: TextExample }[] => {
    const text = parts.join("\n");
    parts = [];
    characters = 0;
    return text.trim() === "" ? [] : [{ line: start, example: { type: "text", text } }];
  };
  for await (const text of lines) {
    line++;
    if (text === separator || (parts.length > 0 && characters + text.length > maxCharacters)) {
      yield* take();
      start = text === separator ? line + 1 : line;
    }
    if (text === separator) continue;
    parts.push(text);
    characters += text.length + 1;
  }
  yield* take();
}
