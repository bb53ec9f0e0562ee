import type { JsonObject } from "@palaver/core";

/** How one stage is trained. */
export interface StageSize {
  readonly steps: number;
  /** Rows and tokens of a batch. */
  readonly rows: number;
  readonly tokens: number;
  /** The highest learning rate. */
  readonly peak: number;
  readonly warmupSteps: number;
}

/** All sizes of a recipe. */
export interface RecipeSize {
  readonly vocab: number;
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly ffn: number;
  readonly contextTokens: number;
  /** Texts, dialogues and holes, of each this many, from which the tokenizer is learnt. */
  readonly tokenizerSamples: number;
  readonly base: StageSize;
  readonly chat: StageSize;
}

/** The model that ships. Rows of the chat stage are as long as the context, so that every position is trained. */
export const fullSize: RecipeSize = {
  vocab: 2048,
  layers: 6,
  hidden: 192,
  heads: 6,
  kvHeads: 2,
  ffn: 640,
  contextTokens: 512,
  tokenizerSamples: 6000,
  base: { steps: 900, rows: 16, tokens: 256, peak: 3e-3, warmupSteps: 100 },
  chat: { steps: 6400, rows: 8, tokens: 512, peak: 3e-3, warmupSteps: 100 },
};

/** A miniature that learns a few dialogues by heart in half a minute: it proves the recipe, not the model. */
export const tinySize: RecipeSize = {
  vocab: 640,
  layers: 2,
  hidden: 64,
  heads: 2,
  kvHeads: 1,
  ffn: 192,
  contextTokens: 512,
  tokenizerSamples: 100,
  base: { steps: 60, rows: 4, tokens: 256, peak: 5e-3, warmupSteps: 10 },
  chat: { steps: 900, rows: 4, tokens: 512, peak: 6e-3, warmupSteps: 10 },
};

/** The `config.json` of a size: a Llama. */
export function modelConfig(
  size: RecipeSize,
  ids: { readonly begin: number; readonly ends: readonly number[] },
): JsonObject {
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    hidden_act: "silu",
    hidden_size: size.hidden,
    intermediate_size: size.ffn,
    num_hidden_layers: size.layers,
    num_attention_heads: size.heads,
    num_key_value_heads: size.kvHeads,
    head_dim: size.hidden / size.heads,
    vocab_size: size.vocab,
    max_position_embeddings: size.contextTokens,
    rms_norm_eps: 1e-5,
    rope_theta: 10000,
    tie_word_embeddings: true,
    torch_dtype: "float32",
    bos_token_id: ids.begin,
    eos_token_id: [...ids.ends],
  };
}
