/** Sets of code points by predicate, remembered in pages so that a test is a look into an array. */

/** A set of characters. */
export class CharSet {
  readonly #has: (codePoint: number) => boolean;
  readonly #pages: (Uint8Array | undefined)[] = new Array(0x1100).fill(undefined);
  readonly #first: Uint8Array;

  constructor(has: (codePoint: number) => boolean) {
    this.#has = has;
    this.#first = this.#page(0);
  }

  /** True if the set has the code point. */
  has(codePoint: number): boolean {
    if (codePoint < 256) return this.#first[codePoint] === 1;
    const page = this.#pages[codePoint >> 8] ?? this.#page(codePoint >> 8);
    return page[codePoint & 255] === 1;
  }

  #page(index: number): Uint8Array {
    const page = new Uint8Array(256);
    for (let i = 0; i < 256; i++) page[i] = this.#has((index << 8) + i) ? 1 : 0;
    this.#pages[index] = page;
    return page;
  }
}

/** The predicate of a set in the syntax tree. */
export type Predicate = (codePoint: number) => boolean;

/** Code points from `first` to `last`. */
export function range(first: number, last: number): Predicate {
  return (code) => code >= first && code <= last;
}

export function union(parts: readonly Predicate[]): Predicate {
  return (code) => parts.some((part) => part(code));
}

export function intersection(parts: readonly Predicate[]): Predicate {
  return (code) => parts.every((part) => part(code));
}

export function complement(part: Predicate): Predicate {
  return (code) => !part(code);
}

/** The set with everything that differs only in case; one character for one, as simple case folding has it. */
export function foldCase(part: Predicate): Predicate {
  return (code) => caseVariants(code).some(part);
}

/** `\s`, `\w` and the like, in their Unicode meaning. */
export const classes = {
  space: property("White_Space"),
  digit: property("Nd"),
  word: property("Alphabetic", "M", "Nd", "Pc"),
  hex: (code: number): boolean => code < 128 && /[0-9a-fA-F]/.test(String.fromCharCode(code)),
  any: (): boolean => true,
  notNewline: (code: number): boolean => code !== 0x0a,
} as const;

/** `\w` outside of brackets: there Oniguruma's table of Latin-1 also counts the superscripts and the fractions. */
export const bareWord: Predicate = union([classes.word, (code) => latinNumbers.includes(code)]);

/** A set by the name in `\p{...}` or `[:...:]`; undefined for a name that Unicode does not have. */
export function namedClass(name: string): Predicate | undefined {
  const plain = name.toLowerCase().replace(/[\s_-]/g, "");
  const posix = posixClasses.get(plain);
  if (posix !== undefined) return posix;
  if (!/^[A-Za-z][A-Za-z_ ]{0,40}$/.test(name)) return undefined;
  // Only a name of letters gets here, so what is compiled is one property and nothing else.
  for (const spelled of [name, `Script=${name}`, `Script=${name[0]!.toUpperCase()}${name.slice(1).toLowerCase()}`]) {
    try {
      return tester(new RegExp(`^\\p{${spelled}}$`, "u"));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return undefined;
}

// --- internal ---

const latinNumbers: readonly number[] = [0xb2, 0xb3, 0xb9, 0xbc, 0xbd, 0xbe];

function property(...names: readonly string[]): Predicate {
  return tester(new RegExp(`^[${names.map((name) => `\\p{${name}}`).join("")}]$`, "u"));
}

function tester(pattern: RegExp): Predicate {
  return (code) => (code & 0xfff800) !== 0xd800 && pattern.test(String.fromCodePoint(code));
}

const posixClasses = new Map<string, Predicate>([
  ["alpha", property("Alphabetic")],
  ["digit", property("Nd")],
  ["alnum", property("Alphabetic", "Nd")],
  ["upper", property("Uppercase")],
  ["lower", property("Lowercase")],
  ["punct", property("P", "S")],
  ["space", property("White_Space")],
  ["cntrl", property("Cc")],
  ["word", classes.word],
  ["xdigit", classes.hex],
  ["blank", union([(code) => code === 9, property("Zs")])],
  ["ascii", (code) => code < 128],
  ["graph", complement(property("White_Space", "Cc", "Cn", "Cs"))],
  ["print", complement(property("Cc", "Cn", "Cs"))],
]);

function caseVariants(code: number): number[] {
  const found = [code];
  if ((code & 0xfff800) === 0xd800) return found;
  for (let i = 0; i < found.length; i++) {
    const char = String.fromCodePoint(found[i]!);
    for (const other of [char.toLowerCase(), char.toUpperCase()]) {
      const variant = other.codePointAt(0)!;
      if (other.length === String.fromCodePoint(variant).length && !found.includes(variant)) found.push(variant);
    }
  }
  return found;
}
