import { PalaverError } from "@palaver/core";
import { llama3Template } from "@palaver/template";
import { trainBpe } from "@palaver/tokenizer";
import { controlTokens } from "./control-tokens.ts";

/** Files of a model folder that say how text becomes ids, by name. */
export type TextFiles = Readonly<Record<string, string>>;

/** Learns the starter's tokenizer from texts. Base and chat share it. */
export function trainTokenizer(texts: Iterable<string>, vocabSize: number): string {
  const json = trainBpe(texts, {
    vocabSize,
    specialTokens: Object.values(controlTokens),
    beginToken: controlTokens.beginOfText,
  });
  const size = Object.keys(json.model.vocab).length + json.added_tokens.length;
  if (size === vocabSize) return `${JSON.stringify(json)}\n`;
  throw new PalaverError(
    "ERR_INVALID_ARGUMENT",
    `the texts give ${size} tokens, ${vocabSize} were asked for: give more text`,
  );
}

/** The files beside a model's weights. A base model has no template: it continues text. */
export function textFiles(tokenizerJson: string, form: "base" | "chat"): TextFiles {
  const ends = form === "chat" ? [controlTokens.endOfText, controlTokens.endOfTurn] : [controlTokens.endOfText];
  return {
    "tokenizer.json": tokenizerJson,
    "tokenizer_config.json": text({
      tokenizer_class: "PreTrainedTokenizerFast",
      bos_token: controlTokens.beginOfText,
      eos_token: ends.at(-1)!,
      clean_up_tokenization_spaces: false,
      model_input_names: ["input_ids", "attention_mask"],
    }),
    "generation_config.json": text({
      bos_token_id: idOf(tokenizerJson, controlTokens.beginOfText),
      eos_token_id: ends.map((token) => idOf(tokenizerJson, token)),
      // A model of facts is asked for the likeliest answer; a story may be livelier.
      ...(form === "chat" ? { do_sample: true, temperature: 0.2 } : { do_sample: true, temperature: 0.7 }),
    }),
    ...(form === "chat" && { "chat_template.jinja": llama3Template().source }),
  };
}

// --- internal ---

interface WithAddedTokens {
  readonly added_tokens: readonly { readonly id: number; readonly content: string }[];
}

function idOf(tokenizerJson: string, token: string): number {
  // It is what `trainTokenizer` has just written.
  const { added_tokens } = JSON.parse(tokenizerJson) as WithAddedTokens;
  const found = added_tokens.find(({ content }) => content === token);
  if (found === undefined) throw new PalaverError("ERR_NOT_FOUND", `the tokenizer has no ${token}`);
  return found.id;
}

function text(json: object): string {
  return `${JSON.stringify(json, undefined, 2)}\n`;
}
