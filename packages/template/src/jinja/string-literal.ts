/**
 * The value of a string literal's inside, with Python's escapes (`unicode-escape`): `\n`, `\x41`, `\u00e9`,
 * `\U0001f600`, `\101`, a backslash at a line's end. Escapes that Python does not know stay as they are written.
 * Gives undefined for an escape that is cut short.
 */
export function stringLiteral(inside: string): string | undefined {
  if (!inside.includes("\\")) return inside;
  let result = "";
  let index = 0;
  while (index < inside.length) {
    const slash = inside.indexOf("\\", index);
    if (slash < 0 || slash + 1 >= inside.length) break;
    result += inside.slice(index, slash);
    const letter = inside[slash + 1]!;
    const digits = hexadecimalLength[letter];
    if (digits !== undefined) {
      const code = hexadecimal(inside.slice(slash + 2, slash + 2 + digits), digits);
      if (code === undefined || code > 0x10ffff) return undefined;
      result += String.fromCodePoint(code);
      index = slash + 2 + digits;
    } else if (letter >= "0" && letter <= "7") {
      const octal = /^[0-7]{1,3}/.exec(inside.slice(slash + 1, slash + 4))![0];
      result += String.fromCharCode(Number.parseInt(octal, 8));
      index = slash + 1 + octal.length;
    } else {
      result += simpleEscapes[letter] ?? `\\${letter}`;
      index = slash + 2;
    }
  }
  return result + inside.slice(index);
}

// --- internal ---

const hexadecimalLength: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

const simpleEscapes: Readonly<Record<string, string>> = {
  "\n": "",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

function hexadecimal(digits: string, length: number): number | undefined {
  return digits.length === length && /^[0-9a-fA-F]+$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}
