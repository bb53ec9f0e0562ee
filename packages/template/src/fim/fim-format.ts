import type { TextSegment } from "@palaver/core";

/** Another file of the same repository, for the model to read. */
export interface FimFile {
  readonly path: string;
  readonly text: string;
}

/** Where the prefix stands: before the suffix (prefix, suffix, middle) or behind it, next to what is generated. */
export type FimOrder = "psm" | "spm";

/** Code with a hole in it. */
export interface FimRequest {
  /** The code before the hole. */
  readonly prefix: string;
  /** The code behind the hole. */
  readonly suffix: string;
  /** Other files, the most important one last. Default: none. */
  readonly files?: readonly FimFile[];
  /** The repository's name; left out where the format has no place for it. Default: none. */
  readonly repository?: string;
  /** The path of the file with the hole; left out where the format has no place for it. Default: none. */
  readonly path?: string;
  /** The programming language, as the model spells it (`Python`); left out where the format has no place for it. Default: none. */
  readonly language?: string;
}

/** How one family of models is asked to fill a hole. */
export interface FimFormat {
  readonly name: string;
  /** Tokens that a vocabulary must have, all of them, to be of this family. */
  readonly markers: readonly string[];
  /** Tokens that end what is filled in; a vocabulary need not have all of them. */
  readonly stopTokens: readonly string[];
  /** True where other files have a place in the prompt. */
  readonly takesFiles: boolean;
  /** The prompt in each order that the family was trained on. */
  readonly layouts: Readonly<Partial<Record<FimOrder, (request: FimRequest) => readonly TextSegment[]>>>;
}

/** What the format writes: the only text that can become control tokens. */
export function marker(text: string): TextSegment {
  return { text, origin: "template" };
}

/** What a person wrote. */
export function code(text: string): TextSegment {
  return { text, origin: "content" };
}

/** The name of a file or a repository. */
export function label(text: string): TextSegment {
  return { text, origin: "name" };
}
