export { type TinyModelOptions, writeTinyModel } from "./tiny-model.ts";
export { tinyTokenizerJson } from "./tiny-tokenizer.ts";
