/** Control tokens that templates read by name, as a tokenizer's configuration names them: `bos_token`, `eos_token` and the like. */
export type SpecialTokens = Readonly<Record<string, string | readonly string[]>>;
