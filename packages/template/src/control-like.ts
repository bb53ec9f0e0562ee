import type { TextRange } from "./chat-prompt.ts";
import type { SpecialTokens } from "./special-tokens.ts";

/** A part of a text that looks like a control token. */
export interface ControlLike extends TextRange {
  readonly text: string;
}

/** The parts of a template's text that look like control tokens: `<...>`, `[...]`, or a special token as it is spelled. */
export function controlLike(text: string, specialTokens: SpecialTokens): ControlLike[] {
  const spelled = Object.values(specialTokens)
    .flat()
    .filter((token) => token !== "");
  const found: ControlLike[] = [];
  for (let start = 0; start < text.length; ) {
    const token = spelled.find((candidate) => text.startsWith(candidate, start)) ?? bracketed(text, start);
    if (token) found.push({ start, end: start + token.length, text: token });
    start += token?.length ?? 1;
  }
  return found;
}

// --- internal ---

const brackets = /<[^<>\s]{1,64}>|\[[^[\]\s]{1,64}\]/y;

function bracketed(text: string, start: number): string | undefined {
  brackets.lastIndex = start;
  return brackets.exec(text)?.[0];
}
