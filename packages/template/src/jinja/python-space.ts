/** What Python's `str.isspace` and `\s` call white space; JavaScript's list differs in U+001C to U+001F, U+0085 and U+FEFF. */
export function isPythonSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x1f);
  if (code < 0x1680) return code === 0x85 || code === 0xa0;
  return (
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/** The index of the first character from `start` on that is no white space. */
export function skipSpace(text: string, start: number): number {
  let index = start;
  while (index < text.length && isPythonSpace(text.charCodeAt(index))) index++;
  return index;
}

/** The end of `text` without white space at its end; at least `start`. */
export function trimmedEnd(text: string, start = 0): number {
  let end = text.length;
  while (end > start && isPythonSpace(text.charCodeAt(end - 1))) end--;
  return end;
}

/** Where lines end, as Python's `str.splitlines` sees it. */
export function isLineBreak(code: number): boolean {
  return (
    (code >= 0x0a && code <= 0x0d) ||
    (code >= 0x1c && code <= 0x1e) ||
    code === 0x85 ||
    code === 0x2028 ||
    code === 0x2029
  );
}
