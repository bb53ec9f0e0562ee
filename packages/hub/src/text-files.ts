/** Files of a model folder that are about text: they travel with an import. */
export const TEXT_FILES = [
  "config.json",
  "generation_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "vocab.json",
  "merges.txt",
  "tokenizer.model",
  "tiktoken.model",
  "chat_template.jinja",
  "chat_template.json",
] as const;

/** The vocabulary and template of an imported GGUF: its metadata as a GGUF of its own, which loses nothing. */
export const TOKENIZER_GGUF = "tokenizer.gguf";
