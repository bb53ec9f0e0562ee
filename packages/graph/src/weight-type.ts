import { PalaverError } from "@palaver/core";
import { ggmlByteLength } from "@palaver/formats";

/** Element types that `dequantize` widens; all but the first three are blocks with scales. */
const WEIGHT_TYPES = ["F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"] as const;

/** An element type of a checkpoint, as safetensors and GGUF name it. */
export type WeightType = (typeof WEIGHT_TYPES)[number];

/** A tensor's type as one of ours. @throws ERR_UNSUPPORTED, naming the tensor */
export function checkedWeightType(tensor: string, type: string): WeightType {
  const known = WEIGHT_TYPES.find((candidate) => candidate === type);
  if (known !== undefined) return known;
  throw new PalaverError(
    "ERR_UNSUPPORTED",
    `the tensor ${JSON.stringify(tensor)} is of type ${type}: known are ${WEIGHT_TYPES.join(", ")}`,
    { details: { tensor, type } },
  );
}

/** True where each element stands alone. */
export function isFloatWeight(type: WeightType): boolean {
  return type === "F32" || type === "F16" || type === "BF16";
}

/** Bytes of a tensor; undefined where its rows are no whole blocks of the type. */
export function weightBytes(type: WeightType, shape: readonly number[]): number | undefined {
  return ggmlByteLength(type, shape);
}
