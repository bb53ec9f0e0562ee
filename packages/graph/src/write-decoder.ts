import type { ByteSink } from "@palaver/core";
import { PalaverError } from "@palaver/core";
import { encodeOnnx, type OnnxValue } from "@palaver/formats";
import { type CacheScales, checkCacheScales } from "./cache-scales.ts";
import { checkWeights } from "./check-weights.ts";
import { Checkpoint, type CheckpointOptions } from "./checkpoint.ts";
import { checkDecoderConfig, type DecoderConfig } from "./decoder-config.ts";
import { type CacheType, decoderValues, encodeDecoderMetadata } from "./decoder-form.ts";
import { writeLayer } from "./decoder-layer.ts";
import { shared } from "./graph-values.ts";
import { GraphWriter } from "./graph-writer.ts";
import { headLayout } from "./head-layout.ts";
import { writeInt8Constants } from "./int8-product.ts";
import type { WriteScope } from "./linear.ts";
import { type Stream, writeNorm } from "./norm.ts";
import { writePromptValues } from "./prompt-attention.ts";
import { writeRope } from "./rope-constants.ts";
import type { RoundedTensor } from "./rounding-error.ts";
import { writeVocabulary } from "./vocabulary.ts";
import type { QuantizeOptions } from "./weight-form.ts";
import type { Weights } from "./weights.ts";

/** Operators as of ONNX 1.12, the oldest set that has all that is used, and ONNX Runtime's own. */
const OPSETS = { "": 17, "com.microsoft": 1 };
const IR_VERSION = 8;

export interface WriteDecoderOptions extends QuantizeOptions, CheckpointOptions {
  /** Takes the weights' bytes in order: the external data file. */
  readonly sink: ByteSink;
  /** That file's name, beside the model file. */
  readonly externalName: string;
  /** The longest sequence to build for, at most the description's. Default: the description's. */
  readonly contextTokens?: number | undefined;
  /**
   * One for each layer, as `CacheCalibration` gives them: the caches hold int8, a quarter of the memory, and attention
   * reads them so. On the CPU only. Default: float32 caches.
   */
  readonly cacheScales?: readonly CacheScales[] | undefined;
  /** The graph is for prompts, steps of more than one token: over int8 caches these are attended in float32. Default: false. */
  readonly prompts?: boolean | undefined;
  /** How block-quantized products are computed: 4 in int8, fast; 0 in float32, exact. Default: 4. */
  readonly accuracyLevel?: 0 | 4 | undefined;
  /** Hears of each matrix that is not stored exactly, once it is written. Default: nobody does. */
  readonly onRounded?: ((rounded: RoundedTensor) => void) | undefined;
}

/**
 * Writes a checkpoint as an ONNX decoder of the form `decoderForm` and gives the model file's bytes. Tensors are read
 * one at a time; the memory needed is the largest one's, and twice that for the embedding of a small vocabulary. Names
 * and shapes of all of them are checked before the first byte is written.
 * @throws ERR_NOT_FOUND for a missing tensor, ERR_FORMAT for a wrong shape or for an element that is not finite
 * (in a norm, a bias, a matrix that is rounded or in blocks), ERR_UNSUPPORTED for tensors that this family has no place for, ERR_LIMIT for rotary tables that are
 * too large, ERR_INVALID_ARGUMENT, ERR_IO; `signal.reason` when aborted
 */
export async function writeDecoder(
  config: DecoderConfig,
  weights: Weights,
  options: WriteDecoderOptions,
): Promise<Uint8Array> {
  checkDecoderConfig(config);
  const contextTokens = contextOf(config, options);
  const graph = new GraphWriter(options.sink, options.externalName);
  const checkpoint = new Checkpoint(weights, options);
  checkWeights(checkpoint, config);
  const heads = headLayout(config.headDim, config.rotaryDim);
  const { accuracyLevel = 4, onRounded, cacheScales } = options;
  if (cacheScales !== undefined) checkCacheScales(cacheScales, config);
  const cacheType = cacheScales === undefined ? "float32" : "int8";
  const scope: WriteScope = {
    graph,
    checkpoint,
    heads,
    quantize: options,
    accuracyLevel,
    onRounded,
    cacheScales,
    prompts: options.prompts,
    int8Rows: new Map(),
  };

  writeShapes(graph, config, heads.paddedDim);
  if (cacheScales !== undefined && options.prompts) writePromptValues(scope, config);
  if (options.quantize === "int8") writeInt8Constants(graph);
  await writeRope(scope, config, contextTokens);
  const head = await writeVocabulary(scope, config, { ids: "ids", output: "embedding" });
  let stream: Stream = { residual: "embedding", update: undefined };
  for (let layer = 0; layer < config.layers; layer++) {
    const rows = layer === config.layers - 1 ? decoderValues.logitRows : undefined;
    stream = await writeLayer(scope, config, { layer, stream, rows });
  }
  const { output } = await writeNorm(scope, config, stream, { name: "final_norm", tensor: "model.norm" });
  writeLogits(graph, config, (logits) => head.apply(output, logits));

  return encodeOnnx({
    irVersion: IR_VERSION,
    producer: "palaver",
    opsets: OPSETS,
    graph: {
      name: "decoder",
      ...graphValues(config, heads.paddedDim, cacheType),
      initializers: graph.initializers,
      nodes: graph.nodes,
    },
    metadata: encodeDecoderMetadata({
      contextTokens,
      layers: config.layers,
      kvHeads: config.kvHeads,
      headDim: heads.paddedDim,
      vocab: config.vocab,
      cacheType,
    }),
  });
}

// --- internal ---

function contextOf(config: DecoderConfig, { contextTokens = config.contextTokens }: WriteDecoderOptions): number {
  if (Number.isInteger(contextTokens) && contextTokens >= 1 && contextTokens <= config.contextTokens)
    return contextTokens;
  throw new PalaverError(
    "ERR_INVALID_ARGUMENT",
    `contextTokens must be an integer from 1 to the model's ${config.contextTokens}, got ${contextTokens}`,
  );
}

// Between the operations rows of tokens stand in one list, (batch * sequence, width); only attention sees sequences.
function writeShapes(graph: GraphWriter, { heads, qkNorm }: DecoderConfig, headDim: number): void {
  graph.integers("all", [-1]);
  graph.integers(shared.attentionShape, [-1, heads * headDim]);
  if (qkNorm) graph.integers(shared.headShape, [-1, headDim]);
  graph.node("Reshape", [decoderValues.inputIds, "all"], ["ids"]);
  graph.node("Shape", [decoderValues.inputIds], ["batch_sequence"]);
  graph.node("Concat", ["batch_sequence", "all"], [shared.sequenceShape], { axis: 0 });
}

function writeLogits(graph: GraphWriter, { logitSoftcap }: DecoderConfig, head: (output: string) => void): void {
  if (logitSoftcap === undefined) {
    head(decoderValues.logits);
    return;
  }
  head("head.logits");
  graph.number("head.cap", logitSoftcap);
  graph.node("Div", ["head.logits", "head.cap"], ["head.capped"]);
  graph.node("Tanh", ["head.capped"], ["head.tanh"]);
  graph.node("Mul", ["head.tanh", "head.cap"], [decoderValues.logits]);
}

function graphValues(
  config: DecoderConfig,
  headDim: number,
  cacheType: CacheType,
): { inputs: OnnxValue[]; outputs: OnnxValue[] } {
  const cache = (name: string): OnnxValue => ({
    name,
    type: cacheType,
    shape: ["batch", config.kvHeads, "capacity", headDim],
  });
  const layers = Array.from({ length: config.layers }, (_, layer) => layer);
  return {
    inputs: [
      { name: decoderValues.inputIds, type: "int64", shape: ["batch", "sequence"] },
      { name: decoderValues.seqlensK, type: "int32", shape: ["batch"] },
      { name: decoderValues.totalSequenceLength, type: "int32", shape: [] },
      { name: decoderValues.logitRows, type: "int64", shape: ["rows"] },
      ...layers.flatMap((layer) => [cache(decoderValues.pastKey(layer)), cache(decoderValues.pastValue(layer))]),
    ],
    outputs: [
      { name: decoderValues.logits, type: "float32", shape: ["rows", config.vocab] },
      ...layers.flatMap((layer) => [cache(decoderValues.presentKey(layer)), cache(decoderValues.presentValue(layer))]),
    ],
  };
}
