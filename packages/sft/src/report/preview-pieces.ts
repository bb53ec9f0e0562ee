import type { Tokenizer } from "@palaver/core";
import type { TrainingSequence } from "../packing/training-sequence.ts";
import type { PreviewPiece } from "./data-report.ts";

/** A sequence's text in pieces that are learnt or only read, at most `maxCharacters` of it. */
export function previewPieces(
  { ids, lossMask }: TrainingSequence,
  tokenizer: Tokenizer,
  maxCharacters: number,
): PreviewPiece[] {
  const pieces: { text: string; isTrained: boolean }[] = [];
  const stream = tokenizer.decodeStream();
  let characters = 0;
  for (let i = 0; i < ids.length && characters < maxCharacters; i++) {
    const text = stream.push(ids[i]!);
    characters += text.length;
    // The first token is never learnt: nothing comes before it.
    add(pieces, text, i > 0 && (lossMask === undefined || lossMask[i] === 1));
  }
  add(pieces, stream.flush(), pieces.at(-1)?.isTrained ?? false);
  return pieces;
}

// --- internal ---

function add(pieces: { text: string; isTrained: boolean }[], text: string, isTrained: boolean): void {
  if (text === "") return;
  const last = pieces.at(-1);
  if (last?.isTrained === isTrained) last.text += text;
  else pieces.push({ text, isTrained });
}
