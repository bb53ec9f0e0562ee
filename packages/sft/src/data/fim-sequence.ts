/**
 * Code as a model learns to fill holes in it: some files get a hole between two random places, and what was there comes
 * last. Source: Bavarian et al., "Efficient Training of Language Models to Fill in the Middle", 2022
 * (https://arxiv.org/abs/2207.14255): holes by characters, both orders, loss on everything.
 */

import { PalaverError } from "@palaver/core";
import { uniform } from "@palaver/sampling";
import type { FimFormat, FimOrder } from "@palaver/template";
import type { TrainingSequence } from "../packing/training-sequence.ts";
import type { CodeExample } from "./example.ts";
import { type HoleSequenceOptions, holeSequence } from "./hole-sequence.ts";
import { textSequence } from "./text-sequence.ts";

/** Random numbers of one example. */
const DRAWS = 4;

export interface FimSequenceOptions extends Omit<HoleSequenceOptions, "order"> {
  /** A safe integer; the same seed and index give the same hole. */
  readonly seed: number;
  /** Which example of the data this is, from 0. */
  readonly index: number;
  /** The share of examples that get a hole; the others are learnt as they are. Default: 0.5. */
  readonly rate?: number | undefined;
  /** Of those, the share with the suffix first, where the format has both orders. Default: 0.5. */
  readonly spmRate?: number | undefined;
}

/** A file of code as a sequence to learn. @throws ERR_INVALID_ARGUMENT for rates, ERR_UNSUPPORTED where nothing ends a text */
export function fimSequence(code: Omit<CodeExample, "type">, options: FimSequenceOptions): TrainingSequence {
  const { tokenizer, format, seed, index, rate = 0.5, spmRate = 0.5, train } = options;
  if (!(rate >= 0 && rate <= 1 && spmRate >= 0 && spmRate <= 1)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `rates are from 0 to 1, got ${rate} and ${spmRate}`);
  }
  const draw = (which: number): number => uniform(seed, index * DRAWS + which);
  if (draw(0) >= rate) return textSequence(code.text, tokenizer);
  const { text, path, language } = code;
  const [start, end] = [cutPlace(text, draw(1)), cutPlace(text, draw(2))].sort((a, b) => a - b) as [number, number];
  const hole = {
    prefix: text.slice(0, start),
    middle: text.slice(start, end),
    suffix: text.slice(end),
    ...(path !== undefined && { path }),
    ...(language !== undefined && { language }),
  };
  return holeSequence(hole, { tokenizer, format, order: chooseOrder(format, draw(3) < spmRate), train });
}

// --- internal ---

/** A place between two characters; never inside of a surrogate pair. */
function cutPlace(text: string, random: number): number {
  const at = Math.floor(random * (text.length + 1));
  const isInside = /[\udc00-\udfff]/.test(text[at] ?? "") && /[\ud800-\udbff]/.test(text[at - 1] ?? "");
  return isInside ? at - 1 : at;
}

function chooseOrder({ layouts }: FimFormat, isSpmWanted: boolean): FimOrder {
  if (layouts.psm === undefined) return "spm";
  return isSpmWanted && layouts.spm !== undefined ? "spm" : "psm";
}
