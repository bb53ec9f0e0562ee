import { PalaverError } from "@palaver/core";
import type { OpenedModel } from "@palaver/hub";

/** Memory for a cache grows with the context: without an option, long-context models get this many tokens. */
const defaultContextTokens = 4096;

/**
 * The context that a model is run with: what is wanted, else its own up to 4096 tokens.
 * @throws ERR_INVALID_ARGUMENT for more than it was built for
 */
export function contextTokensOf(
  { form, details }: Pick<OpenedModel, "form" | "details">,
  wantedTokens: number | undefined,
): number {
  const builtTokens = form.contextTokens ?? details.contextTokens ?? defaultContextTokens;
  const contextTokens = wantedTokens ?? Math.min(builtTokens, defaultContextTokens);
  if (contextTokens <= builtTokens) return contextTokens;
  const message = `the model was built for ${builtTokens} tokens of context, ${contextTokens} were asked for`;
  throw new PalaverError("ERR_INVALID_ARGUMENT", `${message}: lower --context`);
}
