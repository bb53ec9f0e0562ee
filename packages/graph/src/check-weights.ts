import { PalaverError } from "@palaver/core";
import type { Checkpoint } from "./checkpoint.ts";
import type { DecoderConfig } from "./decoder-config.ts";
import { ropeFactorNames } from "./rope-constants.ts";
import { weightShapes } from "./weight-shapes.ts";

/** Tensors that say nothing: tables that are computed here, and a head that its config declares tied. */
const IGNORED = /(^|\.)rotary_emb\.inv_freq$|^lm_head\.weight$/;

/**
 * Compares a checkpoint's tensors with its description before anything is written, which may be gigabytes: each weight
 * is there with its shape, and each tensor has a place. One left over means a decoder of another form, and its answers
 * would be quietly wrong.
 * @throws ERR_NOT_FOUND, ERR_FORMAT, ERR_UNSUPPORTED
 */
export function checkWeights(checkpoint: Checkpoint, config: DecoderConfig): void {
  const places = new Set<string>(ropeFactorNames(config));
  for (const [name, shape] of weightShapes(config)) {
    checkpoint.check(name, shape);
    places.add(name);
  }
  const left = checkpoint.names.filter((name) => !places.has(name) && !IGNORED.test(name));
  if (left.length === 0) return;
  throw new PalaverError(
    "ERR_UNSUPPORTED",
    `a decoder of the family ${config.family} has no place for ${left.length} tensors of this checkpoint, such as ${JSON.stringify(left[0])}`,
    { details: { tensors: left.slice(0, 20) } },
  );
}
