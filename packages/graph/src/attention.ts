import { type DecoderConfig, isLocalLayer } from "./decoder-config.ts";
import { decoderValues } from "./decoder-form.ts";
import { shared } from "./graph-values.ts";
import { type LinearPart, type WriteScope, writeLinears } from "./linear.ts";
import { writeHeadNorm } from "./norm.ts";
import { INT8_CACHE, writePromptAttention } from "./prompt-attention.ts";
import { ropeNames } from "./rope-constants.ts";

/** Adds a layer's attention without its output product; gives its output, `(tokens, heads * paddedDim)`. */
export async function writeAttention(
  scope: WriteScope,
  config: DecoderConfig,
  layer: number,
  input: string,
): Promise<string> {
  const { graph } = scope;
  const at = `layers.${layer}.attention`;
  const inputs = await writeHeads(scope, config, layer, input);
  const scales = await writeCacheScales(scope, config, layer);
  if (scales !== undefined && scope.prompts) {
    const heads = writePromptAttention(scope, config, layer, { inputs, scales });
    graph.node("Reshape", [heads, shared.attentionShape], [`${at}.flat`]);
    return `${at}.flat`;
  }
  const rope = ropeNames(config, layer);
  graph.node(
    "microsoft:GroupQueryAttention",
    [
      ...(inputs.length === 1 ? [inputs[0]!, "", ""] : inputs),
      decoderValues.pastKey(layer),
      decoderValues.pastValue(layer),
      decoderValues.seqlensK,
      decoderValues.totalSequenceLength,
      rope.cos,
      rope.sin,
      // No positions, no bias, no sink.
      ...(scales === undefined ? [] : ["", "", "", ...scales]),
    ],
    [`${at}.heads`, decoderValues.presentKey(layer), decoderValues.presentValue(layer)],
    {
      num_heads: config.heads,
      kv_num_heads: config.kvHeads,
      scale: { float: config.attentionScale ?? 1 / Math.sqrt(config.headDim) },
      do_rotary: 1,
      rotary_interleaved: 0,
      // The window counts the token that looks.
      local_window_size: isLocalLayer(config, layer) ? config.slidingWindow! : -1,
      ...(scales === undefined ? {} : INT8_CACHE),
      ...(config.attentionSoftcap === undefined ? {} : { softcap: { float: config.attentionSoftcap } }),
    },
  );
  graph.node("Reshape", [`${at}.heads`, shared.attentionShape], [`${at}.flat`]);
  return `${at}.flat`;
}

// --- internal ---

// The scales of keys and of values, (1, kvHeads, 1, headDim).
async function writeCacheScales(
  { graph, heads, cacheScales }: WriteScope,
  { kvHeads }: DecoderConfig,
  layer: number,
): Promise<[string, string] | undefined> {
  const scales = cacheScales?.[layer];
  if (scales === undefined) return undefined;
  const names = { keys: `layers.${layer}.attention.key_scale`, values: `layers.${layer}.attention.value_scale` };
  const shape = [1, kvHeads, 1, heads.paddedDim];
  await graph.floats(names.keys, shape, scales.keys);
  await graph.floats(names.values, shape, scales.values);
  return [names.keys, names.values];
}

// Queries, keys and values as attention takes them, (batch, sequence, width): in one where nothing is done to a part.
async function writeHeads(scope: WriteScope, config: DecoderConfig, layer: number, input: string): Promise<string[]> {
  const { graph } = scope;
  const at = `layers.${layer}.attention`;
  const flat = await writeProducts(scope, config, layer, input);
  const parts = config.qkNorm && flat.length === 1 ? splitHeads(scope, config, at, flat[0]!) : flat;
  const inputs: string[] = [];
  for (const [index, part] of parts.entries()) {
    const name = `${at}.${parts.length === 1 ? "qkv" : "qkv"[index]}`;
    const normed = config.qkNorm && index < 2 ? await writeNormed(scope, config, layer, [part, "qk"[index]!]) : part;
    graph.node("Reshape", [normed, shared.sequenceShape], [name]);
    inputs.push(name);
  }
  return inputs;
}

async function writeProducts(
  scope: WriteScope,
  config: DecoderConfig,
  layer: number,
  input: string,
): Promise<string[]> {
  const at = `layers.${layer}.attention`;
  const part = (name: string, heads: number): LinearPart => ({
    tensor: `model.layers.${layer}.self_attn.${name}`,
    rows: heads * config.headDim,
    bias: config.attentionBias,
    headRows: true,
  });
  const parts = config.packedProjections
    ? [part("qkv_proj", config.heads + 2 * config.kvHeads)]
    : [part("q_proj", config.heads), part("k_proj", config.kvHeads), part("v_proj", config.kvHeads)];
  const linears = await writeLinears(scope, { name: `${at}.qkv`, columns: config.hidden, role: "layer" }, parts);
  return linears.map((linear, index) => {
    const name = `${at}.${linears.length === 1 ? "qkv" : "qkv"[index]}.flat`;
    linear.apply(input, name);
    return name;
  });
}

function splitHeads({ graph, heads }: WriteScope, config: DecoderConfig, at: string, packed: string): string[] {
  const sizes = `${at}.sizes`;
  graph.integers(
    sizes,
    [config.heads, config.kvHeads, config.kvHeads].map((count) => count * heads.paddedDim),
  );
  const parts = ["q", "k", "v"].map((name) => `${at}.${name}.flat`);
  graph.node("Split", [packed, sizes], parts, { axis: -1 });
  return parts;
}

async function writeNormed(
  scope: WriteScope,
  config: DecoderConfig,
  layer: number,
  [input, part]: readonly [input: string, part: string],
): Promise<string> {
  scope.graph.node("Reshape", [input, shared.headShape], [`${input}.heads`]);
  return writeHeadNorm(scope, config, `${input}.heads`, {
    name: `layers.${layer}.attention.${part}_norm`,
    tensor: `model.layers.${layer}.self_attn.${part}_norm`,
  });
}
