import type { DecoderConfig } from "./decoder-config.ts";
import { padHeads } from "./head-padding.ts";
import type { WriteScope } from "./linear.ts";

/** The residual stream between layers, both `(tokens, hidden)`: its value is their sum. */
export interface Stream {
  readonly residual: string;
  /** What the layer before added last; undefined at the embedding. */
  readonly update: string | undefined;
}

/** Where a norm's weight comes from and what its output is called. */
export interface NormNames {
  readonly name: string;
  /** The tensor's name without `.weight`. */
  readonly tensor: string;
}

/** Adds a norm over the stream; gives its output and the stream's value. */
export async function writeNorm(
  scope: WriteScope,
  config: DecoderConfig,
  { residual, update }: Stream,
  { name, tensor }: NormNames,
): Promise<{ readonly output: string; readonly residual: string }> {
  if (update === undefined)
    return { output: await writePlainNorm(scope, config, residual, { name, tensor }), residual };
  const scale = await writeScale(scope, config, { name, tensor });
  const sum = `${name}.residual`;
  scope.graph.node("microsoft:SkipSimplifiedLayerNormalization", [update, residual, scale], [name, "", "", sum], {
    epsilon: { float: config.normEpsilon },
  });
  return { output: name, residual: sum };
}

/** Adds a norm of rows of the stream's width; gives its output. */
export async function writePlainNorm(
  scope: WriteScope,
  config: DecoderConfig,
  input: string,
  { name, tensor }: NormNames,
): Promise<string> {
  const scale = await writeScale(scope, config, { name, tensor });
  addNorm(scope, [input, scale], name, config.normEpsilon);
  return name;
}

/**
 * Adds a norm of heads, `(heads, paddedDim)`; gives its output. A padded head's mean runs over its zeros as well:
 * `sum / padded + epsilon * headDim / padded` is `headDim / padded` times the mean wanted, and the weight takes the root
 * of that factor back.
 */
export async function writeHeadNorm(
  scope: WriteScope,
  config: DecoderConfig,
  input: string,
  { name, tensor }: NormNames,
): Promise<string> {
  const { graph, checkpoint, heads } = scope;
  const share = heads.headDim / heads.paddedDim;
  const weight = await checkpoint.vector(`${tensor}.weight`, heads.headDim);
  const scale = weight.map((value) => (value + config.normOffset) * Math.sqrt(share));
  await graph.floats(`${name}.scale`, [heads.paddedDim], padHeads(scale, heads));
  addNorm(scope, [input, `${name}.scale`], name, config.normEpsilon * share);
  return name;
}

// --- internal ---

async function writeScale(
  { graph, checkpoint }: WriteScope,
  { hidden, normOffset }: DecoderConfig,
  { name, tensor }: NormNames,
): Promise<string> {
  const scale = `${name}.scale`;
  const weight = await checkpoint.vector(`${tensor}.weight`, hidden);
  await graph.floats(scale, [hidden], normOffset === 0 ? weight : weight.map((value) => value + normOffset));
  return scale;
}

function addNorm({ graph }: WriteScope, inputs: readonly string[], output: string, epsilon: number): void {
  graph.node("SimplifiedLayerNormalization", inputs, [output], {
    axis: -1,
    epsilon: { float: epsilon },
    stash_type: 1,
  });
}
