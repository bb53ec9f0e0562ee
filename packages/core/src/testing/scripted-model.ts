import type { Model } from "../model.ts";
import { byteTokenizer } from "./byte-tokenizer.ts";
import { plainTemplate } from "./plain-template.ts";
import { type TableDecoder, type TableDecoderOptions, tableDecoder } from "./table-decoder.ts";

export interface ScriptedModelOptions extends Omit<TableDecoderOptions, "script" | "vocabSize"> {
  /** What the assistant says to a prompt (the text that the model reads), or in its first, second, ... turn of a conversation. */
  readonly answers: readonly string[] | ((prompt: string) => string);
}

/** A model double whose decoder can be looked at. */
export interface ScriptedModel extends Model {
  readonly decoder: TableDecoder;
}

/** A whole model without weights, which says what it is told to: table decoder, byte tokenizer, plain template. */
export function scriptedModel({ answers, contextTokens = 4096, ...options }: ScriptedModelOptions): ScriptedModel {
  const tokenizer = byteTokenizer();
  const endOfTurn = tokenizer.tokenToId("<|im_end|>")!;
  const header = tokenizer.encode([{ text: "<|im_start|>assistant\n", origin: "template" }]);

  const script = (ids: readonly number[]): number | undefined => {
    const turns = placesOf(header, ids);
    const start = turns.at(-1);
    if (start === undefined) return undefined;
    const prompt = ids.slice(0, start + header.length);
    const answer = typeof answers === "function" ? answers(tokenizer.decode(prompt)) : answers[turns.length - 1];
    const said = ids.length - prompt.length;
    return tokenizer.encode(answer ?? "")[said] ?? endOfTurn;
  };

  const decoder = tableDecoder({ ...options, vocabSize: tokenizer.vocabSize, contextTokens, script });
  return {
    name: "scripted",
    decoder,
    tokenizer,
    template: plainTemplate(),
    stopIds: [endOfTurn],
    close: () => decoder.close(),
  };
}

// --- internal ---

/** Every index at which `part` begins in `ids`. */
function placesOf(part: readonly number[], ids: readonly number[]): number[] {
  return ids.flatMap((_, at) => (part.every((id, i) => ids[at + i] === id) ? [at] : []));
}
