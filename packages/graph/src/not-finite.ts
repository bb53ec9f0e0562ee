import { PalaverError } from "@palaver/core";

/**
 * Refuses a tensor that holds infinities or no numbers: any rounding of them means something else, and products that round
 * their inputs to 8 bits hide them from everybody who looks at logits. `numbers` are its elements, or the scales of its blocks.
 * @throws ERR_FORMAT
 */
export function requireFinite(tensor: string, numbers: Float32Array): void {
  if (!numbers.every(Number.isFinite)) throw notFinite(tensor);
}

/** What to say of such a tensor. */
export function notFinite(tensor: string): PalaverError {
  return new PalaverError(
    "ERR_FORMAT",
    `tensor ${JSON.stringify(tensor)} has elements that are not finite: fetch the checkpoint again`,
    { details: { tensor } },
  );
}
