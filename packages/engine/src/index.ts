export { type BatchOptions, batchDecoder } from "./batch-decoder.ts";
export { type GenerateEvent, type GenerateOptions, generate } from "./generate.ts";
export { type Continuation, createPromptCache, type PromptCache, type PromptCacheOptions } from "./prompt-cache.ts";
export { type ScoreEvent, type ScoreOptions, score } from "./score.ts";
