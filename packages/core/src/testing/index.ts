export { type ContractCase, check, checkEqual, rejection } from "./contract.ts";
export { type TableDecoder, type TableDecoderOptions, type TableStep, tableDecoder } from "./table-decoder.ts";
