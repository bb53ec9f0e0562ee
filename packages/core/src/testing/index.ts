export {
  type AnswerExample,
  type AnswerParserContractOptions,
  answerParserContract,
  type ComparableEvent,
  joinEvents,
  parseAnswer,
} from "./answer-parser-contract.ts";
export { brokenDecoder } from "./broken-decoder.ts";
export { type ByteTokenizerOptions, byteTokenizer } from "./byte-tokenizer.ts";
export { type ContractCase, check, checkEqual, rejection } from "./contract.ts";
export { type DecoderContractOptions, decoderContract } from "./decoder-contract.ts";
export { plainTemplate } from "./plain-template.ts";
export { type RuntimeContractGraphs, runtimeContract } from "./runtime-contract.ts";
export { samplerContract } from "./sampler-contract.ts";
export { type ScriptedModel, type ScriptedModelOptions, scriptedModel } from "./scripted-model.ts";
export { type SessionHarness, type SessionSetup, sessionContract } from "./session-contract.ts";
export { stepSensitiveDecoder } from "./step-sensitive-decoder.ts";
export { type TableDecoder, type TableDecoderOptions, type TableStep, tableDecoder } from "./table-decoder.ts";
export { type TemplateContractOptions, templateContract } from "./template-contract.ts";
export { type TokenizerContractOptions, tokenizerContract } from "./tokenizer-contract.ts";
