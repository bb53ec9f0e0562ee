export { isContainedPath } from "./contained-path.ts";
export { dequantize } from "./dequantize.ts";
export { encodeOnnx } from "./encode-onnx.ts";
export { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from "./float16.ts";
export { type GgmlType, ggmlByteLength } from "./ggml-type.ts";
export {
  type GgufMetadata,
  type GgufNumberArray,
  type GgufNumberType,
  type GgufValue,
  ggufBoolean,
  ggufNumber,
  ggufNumbers,
  ggufString,
  ggufStrings,
} from "./gguf-value.ts";
export type {
  ExternalData,
  OnnxAttribute,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxOutline,
  OnnxTensor,
  OnnxTensorOutline,
  OnnxValue,
} from "./onnx-model.ts";
export { type GgufFile, type GgufTensor, parseGguf } from "./parse-gguf.ts";
export { type ParseOnnxOptions, parseOnnx, parseOnnxOutline } from "./parse-onnx.ts";
export {
  parseSafetensors,
  type SafetensorsFile,
  type SafetensorsTensor,
  safetensorsByteLength,
} from "./parse-safetensors.ts";
export { parseSafetensorsIndex, type SafetensorsIndex } from "./parse-safetensors-index.ts";
export { quantizeQ4_0, quantizeQ8_0 } from "./quantize.ts";
export { type ByteRange, type ReadTensorChunksOptions, readTensor, readTensorChunks } from "./read-tensor.ts";
export type { SafetensorsType } from "./safetensors-type.ts";
export type { TensorBytes } from "./tensor-bytes.ts";
export { type FloatType, toFloat32 } from "./to-float32.ts";
export {
  encodeGguf,
  encodeGgufHeader,
  type GgufContent,
  type GgufEntry,
  type GgufHeader,
  writeGguf,
} from "./write-gguf.ts";
export {
  encodeSafetensors,
  encodeSafetensorsHeader,
  type SafetensorsContent,
  type SafetensorsEntry,
  type SafetensorsHeader,
  writeSafetensors,
} from "./write-safetensors.ts";
