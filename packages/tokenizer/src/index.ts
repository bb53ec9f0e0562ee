export { tokenizerFromGguf } from "./load/gguf.ts";
export type { GgufMetadataLike } from "./load/gguf-reader.ts";
export { loadTokenizer, type TokenizerFiles } from "./load/load-tokenizer.ts";
export { type TiktokenOptions, tokenizerFromTiktoken } from "./load/tiktoken.ts";
export { fromTransformersJs } from "./load/transformers-js.ts";
export { type TrainBpeOptions, trainBpe } from "./train/train-bpe.ts";
export type { TrainedControlToken, TrainedTokenizer } from "./train/trained-tokenizer.ts";
