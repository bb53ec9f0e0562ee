export { type BatchOptions, batchDecoder } from "./batch-decoder.ts";
export type { SpeculateOptions, SpeculationStatistics } from "./decode-steps.ts";
export { type GenerateEvent, type GenerateOptions, generate } from "./generate.ts";
export { type Continuation, createPromptCache, type PromptCache, type PromptCacheOptions } from "./prompt-cache.ts";
export { type GuessTokens, type PromptLookupOptions, promptLookup } from "./prompt-lookup.ts";
export { type ScoreEvent, type ScoreOptions, score } from "./score.ts";
