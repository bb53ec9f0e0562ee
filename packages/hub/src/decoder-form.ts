import type { TensorType } from "@palaver/core";
import type { CacheType } from "@palaver/graph";

/** How a decoder's graph is driven. Its fields are those by which a driver opens it; an absent one is not known. */
export type DecoderForm = SharedCacheForm | HubForm;

/** The form that Palaver's own import writes: attention over cache buffers of full capacity, logits of chosen rows. */
export interface SharedCacheForm {
  readonly kind: "gqa-shared";
  readonly layers: number;
  readonly kvHeads: number;
  /** A head's size in the caches. */
  readonly headDim: number;
  readonly contextTokens: number;
  readonly vocabSize: number;
  /** How the caches hold keys and values; int8 runs on the CPU only. */
  readonly cacheType: CacheType;
}

/** The forms that the Hub's ready-made graphs have: caches that grow by being returned. */
export interface HubForm {
  readonly kind: "hub";
  readonly layers?: number;
  readonly kvHeads?: number;
  readonly headDim?: number;
  readonly contextTokens?: number;
  readonly vocabSize?: number;
  /** How the caches hold keys and values, as the graph declares it. */
  readonly cacheType?: TensorType;
  /** Names of inputs and outputs, where the model's files give them. */
  readonly names?: ValueNames;
}

/** Names of a graph's inputs and outputs. */
export interface ValueNames {
  readonly inputIds?: string;
  readonly attentionMask?: string;
  readonly positionIds?: string;
  readonly logits?: string;
  /** The pattern of each cache input with that of its output; `%d` stands for the layer. */
  readonly caches?: Readonly<Record<string, string>>;
}

/** What is known about a model, for people. */
export interface ModelDetails {
  /** The family or architecture by its own name. */
  readonly architecture: string | undefined;
  /** Weights in all, of a ready-made graph by its products and tables. */
  readonly parameters: number | undefined;
  readonly contextTokens: number | undefined;
  /**
   * How most matrices are stored: a checkpoint's type whose blocks were kept (`Q4_0`), `q4`, `q8`, `int8` or `F32`. Of a
   * ready-made graph the dtype in its name, else what it holds (`q4 in blocks of 32`, `fp16`).
   */
  readonly quantization: string | undefined;
  /** What a step's working memory depends on. */
  readonly widths: LayerWidths | undefined;
}

/** Widths of a layer. */
export interface LayerWidths {
  /** Of the residual stream. */
  readonly hidden: number;
  /** Of the feed-forward layer. */
  readonly ffn: number;
  /** How many heads of queries. */
  readonly heads: number;
}
