import type { JsonObject } from "@palaver/core";
import type { FieldSource } from "../config-fields.ts";
import type { Activation, DecoderConfig } from "../decoder-config.ts";

/** What a family's own fields decide; the rest of the description is read the same way for all. */
export type FamilyTraits = Pick<
  DecoderConfig,
  | "attentionBias"
  | "outputBias"
  | "qkNorm"
  | "packedProjections"
  | "attentionScale"
  | "attentionSoftcap"
  | "slidingWindow"
  | "globalLayers"
  | "localRopeTheta"
  | "normOffset"
  | "postNorms"
  | "embeddingScale"
  | "logitSoftcap"
>;

/** The sizes on which traits may depend. */
type FamilySizes = Pick<DecoderConfig, "layers" | "hidden" | "heads" | "headDim">;

/** A GGUF's description as a family sees it. */
interface GgufDescription {
  readonly fields: FieldSource;
  /** The architecture's name, with which its fields begin. */
  readonly prefix: string;
  /** True where the file has the tensor. */
  has(tensor: string): boolean;
}

/** A model family: how its descriptions are recognised and what it does differently. */
export interface Family {
  readonly name: string;
  /** Names under `architectures` in a config.json. */
  readonly architectures: readonly string[];
  /**
   * Names of models of pictures and text whose text model is of this family: their config.json describes it under
   * `text_config`, and its tensors have a prefix. Default: none.
   */
  readonly pictureArchitectures?: readonly string[];
  /** Names under `general.architecture` in a GGUF. */
  readonly ggufArchitectures: readonly string[];
  /** The values of fields that older config.json files leave out. */
  readonly defaults: {
    readonly normEpsilon: number;
    readonly ropeTheta: number;
    readonly tiedHead: boolean;
    /** Default: the hidden size shared among the heads. */
    readonly headDim?: number;
    /** Sizes that published files leave to the configuration class. Default: the file must say. */
    readonly sizes?: Partial<Pick<DecoderConfig, "heads" | "kvHeads" | "vocab" | "contextTokens">>;
    /** Also what a GGUF, which does not name it, means. Default: silu. */
    readonly activation?: Activation;
  };
  /** Reads what only this family says; what it leaves out is as in `plainTraits`. @throws ERR_FORMAT, ERR_UNSUPPORTED */
  traits(fields: FieldSource, sizes: FamilySizes): Partial<FamilyTraits>;
  /** The same of a GGUF. */
  ggufTraits(description: GgufDescription, sizes: FamilySizes): Partial<FamilyTraits>;
  /** Fields of a config.json that `traits` reads, beside those that all families have. */
  json?(config: DecoderConfig): JsonObject;
  /** A GGUF's query and key rows are interleaved pairs and must be put back into halves. */
  readonly ggufInterleavedRotary: boolean;
  /** Names of a GGUF layer's tensors that differ from Llama's, with Hugging Face's. */
  readonly ggufLayerNames?: Readonly<Record<string, string>>;
}

/** Llama's traits. */
export const plainTraits: FamilyTraits = {
  attentionBias: false,
  outputBias: false,
  qkNorm: false,
  packedProjections: false,
  attentionScale: undefined,
  attentionSoftcap: undefined,
  slidingWindow: undefined,
  globalLayers: [],
  localRopeTheta: undefined,
  normOffset: 0,
  postNorms: false,
  embeddingScale: 1,
  logitSoftcap: undefined,
};
