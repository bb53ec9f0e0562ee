import type { Tokenizer } from "@palaver/core";
import type { FimFormat } from "./fim-format.ts";
import { fimFormats } from "./fim-formats.ts";

/** The format whose markers are all in a vocabulary; undefined where none is: the model cannot fill in the middle. */
export function findFim(tokenizer: Pick<Tokenizer, "tokenToId">): FimFormat | undefined {
  return fimFormats.find(({ markers }) => markers.every((token) => tokenizer.tokenToId(token) !== undefined));
}

/** The ids of a format's stop tokens that a vocabulary has, with its end-of-text token. */
export function fimStopIds(format: FimFormat, tokenizer: Pick<Tokenizer, "tokenToId" | "special">): number[] {
  const ids = [...format.stopTokens.map((token) => tokenizer.tokenToId(token)), tokenizer.special.eos];
  return [...new Set(ids.filter((id) => id !== undefined))];
}
