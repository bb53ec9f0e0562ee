import { readFileSync } from "node:fs";
import type { Tokenizer } from "@palaver/core";
import { loadTokenizer } from "@palaver/tokenizer";

/** Spelled by templates by name. */
export const specialTokens = { bos_token: "<s>", eos_token: "</s>" };

/**
 * The byte-level tokenizer of this tokenizer.json, with everything that these templates spell like a control token made
 * one: a vocabulary that is as easy to attack as all the families' together.
 */
export function familyTokenizer(path: string, sources: readonly string[]): Tokenizer {
  const json = JSON.parse(readFileSync(path, "utf8")) as {
    added_tokens: { id: number; content: string }[];
    model: { vocab: Record<string, number> };
  };
  const known = new Set(json.added_tokens.map(({ content }) => content));
  const first = Math.max(...json.added_tokens.map(({ id }) => id), ...Object.values(json.model.vocab)) + 1;
  const added = controlTokens(sources).filter((content) => !known.has(content));
  added.forEach((content, index) => {
    const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
    json.added_tokens.push({ id: first + index, content, ...flags });
  });
  return loadTokenizer({ "tokenizer.json": JSON.stringify(json) });
}

/** What templates spell like control tokens, and what they put together of a role. */
export function controlTokens(sources: readonly string[]): string[] {
  const spelled = sources.flatMap((source) => source.match(/<[^<>\s'"\\{}]{1,40}>|\[\/?[A-Z_]+\]/g) ?? []);
  const joined = ["system", "user", "assistant", "tool", "end"].map((role) => `<|${role}|>`);
  return [...new Set([...Object.values(specialTokens), ...spelled, ...joined])];
}
