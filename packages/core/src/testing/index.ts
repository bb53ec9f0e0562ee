export { type ByteTokenizerOptions, byteTokenizer } from "./byte-tokenizer.ts";
export { type ContractCase, check, checkEqual, rejection } from "./contract.ts";
export { type TableDecoder, type TableDecoderOptions, type TableStep, tableDecoder } from "./table-decoder.ts";
export { type TokenizerContractOptions, tokenizerContract } from "./tokenizer-contract.ts";
