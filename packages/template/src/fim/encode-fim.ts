import type { TextSegment, Tokenizer } from "@palaver/core";
import type { FimFormat } from "./fim-format.ts";
import type { FimPrompt } from "./render-fim.ts";

export interface EncodeFimOptions {
  /** Adds the tokenizer's begin-of-text token and the like; the models were trained with it. Default: true. */
  readonly addSpecialTokens?: boolean;
}

/**
 * The ids of a prompt, with markers only where the format wrote them. Control tokens keep that promise by themselves,
 * but some vocabularies (Qwen's) hold the markers as ordinary tokens, which any text becomes. Where code spells one of
 * those, the text is cut behind its first character and encoded in two parts.
 */
export function encodeFim(
  tokenizer: Pick<Tokenizer, "encode" | "tokenToId" | "isControl">,
  format: FimFormat,
  { segments }: FimPrompt,
  { addSpecialTokens = true }: EncodeFimOptions = {},
): number[] {
  const tokens = new Set([...format.markers, ...format.stopTokens]);
  const forgeable = [...tokens].filter((token) => {
    const id = tokenizer.tokenToId(token);
    return id !== undefined && !tokenizer.isControl(id);
  });
  return cutAtForgeries(segments, forgeable).flatMap((part, index) =>
    tokenizer.encode(part, { addSpecialTokens: addSpecialTokens && index === 0 }),
  );
}

// --- internal ---

function cutAtForgeries(segments: readonly TextSegment[], markers: readonly string[]): TextSegment[][] {
  let part: TextSegment[] = [];
  const parts = [part];
  for (const segment of segments) {
    const cuts = segment.origin === "template" ? [] : forgeries(segment.text, markers).map((at) => at + 1);
    let from = 0;
    for (const to of [...cuts, segment.text.length]) {
      if (to > from) part.push({ ...segment, text: segment.text.slice(from, to) });
      if (to === segment.text.length) break;
      part = [];
      parts.push(part);
      from = to;
    }
  }
  return parts;
}

// Found by indexOf and not by an expression made of the markers; none of them can begin inside of another.
function forgeries(text: string, markers: readonly string[]): number[] {
  const places: number[] = [];
  for (const spelled of markers) {
    for (let at = text.indexOf(spelled); at >= 0; at = text.indexOf(spelled, at + spelled.length)) places.push(at);
  }
  return places.sort((a, b) => a - b);
}
