/** Where in a source something is, as people count: from 1, in lines and UTF-16 units. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

export function sourcePosition(source: string, at: number): SourcePosition {
  let line = 1;
  let start = 0;
  for (let end = source.indexOf("\n"); end >= 0 && end < at; end = source.indexOf("\n", start)) {
    line++;
    start = end + 1;
  }
  return { line, column: at - start + 1 };
}
