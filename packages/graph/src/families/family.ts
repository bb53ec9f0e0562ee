import type { FieldSource } from "../config-fields.ts";
import type { DecoderConfig } from "../decoder-config.ts";

/** What a family's own fields decide; the rest of the description is read the same way for all. */
type FamilyTraits = Pick<DecoderConfig, "attentionBias" | "outputBias" | "slidingWindow">;

/** A model family: how its descriptions are recognised and what it does differently. */
export interface Family {
  readonly name: string;
  /** Names under `architectures` in a config.json. */
  readonly architectures: readonly string[];
  /** Names under `general.architecture` in a GGUF. */
  readonly ggufArchitectures: readonly string[];
  /** The values of fields that older config.json files leave out. */
  readonly defaults: { readonly normEpsilon: number; readonly ropeTheta: number; readonly tiedHead: boolean };
  /** Reads what only this family says. @throws ERR_FORMAT, ERR_UNSUPPORTED */
  traits(fields: FieldSource): FamilyTraits;
  /** The same of a GGUF. `prefix` is the architecture's name; `has` asks for a tensor. */
  ggufTraits(fields: FieldSource, prefix: string, has: (tensor: string) => boolean): FamilyTraits;
  /** A GGUF's query and key rows are interleaved pairs and must be put back into halves. */
  readonly ggufInterleavedRotary: boolean;
}
