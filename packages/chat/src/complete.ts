import type { Model } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import { type GenerateEvent, type GenerateOptions, generate } from "@palaver/engine";
import { createSampler } from "@palaver/sampling";

export interface CompleteOptions extends Omit<GenerateOptions, "decoder" | "tokenizer" | "prompt" | "sampler"> {
  /** Chooses the tokens. Default: `createSampler()`. */
  readonly sampler?: GenerateOptions["sampler"] | undefined;
  /** Ids that end the text. Default: the model's. */
  readonly stopIds?: GenerateOptions["stopIds"];
}

/**
 * Continues a text as it stands, without a template: what a base model does. The text is encoded with the tokens that
 * the tokenizer puts around a text, so an empty text is the begin token alone.
 * @throws as `generate`; ERR_INVALID_ARGUMENT for an empty text where the tokenizer has no begin token
 */
export async function* complete(
  model: Model,
  text: string,
  options: CompleteOptions = {},
): AsyncGenerator<GenerateEvent, void, void> {
  const { decoder, tokenizer, stopIds: modelStopIds } = model;
  const { sampler = createSampler(), stopIds = modelStopIds } = options;
  yield* generate({ ...options, decoder, tokenizer, prompt: encodeText(model, text), sampler, stopIds });
}

// --- internal ---

function encodeText({ name, tokenizer }: Model, text: string): number[] {
  const ids = tokenizer.encode(text, { addSpecialTokens: true });
  if (ids.length > 0) return ids;
  if (tokenizer.special.bos !== undefined) return [tokenizer.special.bos];
  throw new PalaverError("ERR_INVALID_ARGUMENT", `${name} has no begin token: give it some text to continue`);
}
