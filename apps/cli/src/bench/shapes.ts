/** Sizes of well-known models, word for word from the `config.json` that their makers published. */

/** A model whose shape can be had without its weights. */
export type ShapeName = keyof typeof shapes;

/** What decides a decoder's time and memory, in the spelling of `config.json`. */
export const shapes = {
  // https://huggingface.co/HuggingFaceTB/SmolLM2-135M/blob/main/config.json
  "smollm2-135m": {
    architectures: ["LlamaForCausalLM"],
    hidden_size: 576,
    intermediate_size: 1536,
    num_hidden_layers: 30,
    num_attention_heads: 9,
    num_key_value_heads: 3,
    vocab_size: 49_152,
    max_position_embeddings: 8192,
    rms_norm_eps: 1e-5,
    rope_theta: 100_000,
    tie_word_embeddings: true,
  },
  // https://huggingface.co/Qwen/Qwen2.5-0.5B/blob/main/config.json
  "qwen2.5-0.5b": {
    architectures: ["Qwen2ForCausalLM"],
    hidden_size: 896,
    intermediate_size: 4864,
    num_hidden_layers: 24,
    num_attention_heads: 14,
    num_key_value_heads: 2,
    vocab_size: 151_936,
    max_position_embeddings: 32_768,
    rms_norm_eps: 1e-6,
    rope_theta: 1_000_000,
    tie_word_embeddings: true,
  },
  // https://huggingface.co/meta-llama/Llama-3.2-1B/blob/main/config.json
  "llama-3.2-1b": {
    architectures: ["LlamaForCausalLM"],
    hidden_size: 2048,
    intermediate_size: 8192,
    num_hidden_layers: 16,
    num_attention_heads: 32,
    num_key_value_heads: 8,
    head_dim: 64,
    vocab_size: 128_256,
    max_position_embeddings: 131_072,
    rms_norm_eps: 1e-5,
    rope_theta: 500_000,
    rope_scaling: {
      rope_type: "llama3",
      factor: 32,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 8192,
    },
    tie_word_embeddings: true,
  },
} as const;
