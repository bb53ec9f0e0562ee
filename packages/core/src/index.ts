export { type ByteSink, type ByteSource, byteSource } from "./bytes.ts";
export type { Decoder, DecoderCache, DecoderInfo, DecoderRow, LogitsRequest, StepOptions } from "./decoder.ts";
export { type ErrorCode, isPalaverError, PalaverError, type PalaverErrorOptions } from "./error.ts";
export { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
export {
  type AssistantMessage,
  type Content,
  contentText,
  type Message,
  type Role,
  type SystemMessage,
  type TextPart,
  type ToolCall,
  type ToolDefinition,
  type ToolMessage,
  type UserMessage,
} from "./message.ts";
export type { Model } from "./model.ts";
export { parseMessages } from "./parse-messages.ts";
export { parseTools } from "./parse-tools.ts";
export type {
  BoundRun,
  LoadOptions,
  ModelSource,
  Runtime,
  RuntimeSession,
  RuntimeTensor,
  TensorData,
  TensorType,
  ValueInfo,
} from "./runtime.ts";
export type { LogitsTransform, SampleContext, Sampler, TokenLogprob } from "./sampler.ts";
export { isTrusted, type SegmentOrigin, segmentsText, type TextSegment } from "./segment.ts";
export type { FinishReason, Session, SessionEvent, Usage } from "./session.ts";
export type {
  AnswerEvent,
  AnswerParser,
  AnswerParserOptions,
  AnswerPiece,
  RenderedPrompt,
  RenderOptions,
  Template,
} from "./template.ts";
export type {
  DecodeOptions,
  DecodeStream,
  EncodeOptions,
  Encoding,
  Piece,
  SpecialTokenIds,
  Tokenizer,
} from "./tokenizer.ts";
