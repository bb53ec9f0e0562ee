/**
 * Attention over int8 caches for many rows. ONNX Runtime's kernel for such caches widens what it reads again for each row,
 * so for prompts it only appends here: with a window of one token, and keys for queries, it looks at almost nothing.
 * Then the cache is widened once, and float32 attention takes keys and values as they are in the cache, the step's own too:
 * so a row's numbers do not depend on where a prompt is cut.
 */

import { type DecoderConfig, isLocalLayer } from "./decoder-config.ts";
import { decoderValues } from "./decoder-form.ts";
import { bytesView } from "./graph-writer.ts";
import type { WriteScope } from "./linear.ts";
import { ropeNames } from "./rope-constants.ts";

/** Of `GroupQueryAttention`. Both caches alike: the CPU's kernel takes no other. */
export const INT8_CACHE = { k_quant_type: "PER_CHANNEL", v_quant_type: "PER_CHANNEL", kv_cache_bit_width: 8 } as const;

/** int64 and float32 as ONNX numbers them. */
const INT64 = 7;
const FLOAT32 = 1;

/** Adds what all layers share: the step's positions, and where it begins and ends. */
export function writePromptValues({ graph, heads }: WriteScope, { kvHeads }: DecoderConfig): void {
  graph.integers("prompt.one", [1]);
  graph.integers("prompt.start", [0]);
  graph.integers("prompt.axis", [2]);
  graph.integers("prompt.rows", [0, -1, kvHeads * heads.paddedDim]);
  graph.node("Cast", [decoderValues.totalSequenceLength], ["prompt.total_scalar"], { to: INT64 });
  graph.node("Reshape", ["prompt.total_scalar", "prompt.one"], ["prompt.total"]);
  graph.node("Shape", [decoderValues.inputIds], ["prompt.count"], { start: 1, end: 2 });
  graph.node("Sub", ["prompt.total", "prompt.count"], ["prompt.past"]);
  graph.integers("prompt.scalar", []);
  graph.node("Reshape", ["prompt.past", "prompt.scalar"], ["prompt.past_scalar"]);
  graph.constant("prompt.step", "int64", [], bytesView(BigInt64Array.of(1n)));
  graph.node("Range", ["prompt.past_scalar", "prompt.total_scalar", "prompt.step"], ["prompt.range"]);
  graph.integers("prompt.batch_axis", [0]);
  graph.node("Unsqueeze", ["prompt.range", "prompt.batch_axis"], ["prompt.positions"]);
}

/**
 * Adds a layer's attention to `inputs`, queries, keys and values in one or in three, over int8 caches of these scales.
 * Gives its output's name, `(batch, sequence, heads * paddedDim)`.
 */
export function writePromptAttention(
  scope: WriteScope,
  config: DecoderConfig,
  layer: number,
  { inputs, scales }: { readonly inputs: readonly string[]; readonly scales: readonly [string, string] },
): string {
  const { graph } = scope;
  const at = `layers.${layer}.attention`;
  const [query, key, value] = inputs.length === 3 ? inputs : splitHeads(scope, config, at, inputs[0]!);
  writeAppend(scope, config, layer, [key!, value!, ...scales]);
  writeTurned(scope, config, layer, query!);
  const keys = writeWidened(scope, decoderValues.presentKey(layer), scales[0], `${at}.k`);
  const values = writeWidened(scope, decoderValues.presentValue(layer), scales[1], `${at}.v`);
  graph.node(
    "microsoft:GroupQueryAttention",
    [
      ...[`${at}.turned`, keys.own, values.own, keys.past, values.past],
      ...[decoderValues.seqlensK, decoderValues.totalSequenceLength],
    ],
    [`${at}.heads`, `${at}.k.all`, `${at}.v.all`],
    {
      num_heads: config.heads,
      kv_num_heads: config.kvHeads,
      scale: { float: config.attentionScale ?? 1 / Math.sqrt(config.headDim) },
      local_window_size: isLocalLayer(config, layer) ? config.slidingWindow! : -1,
      ...(config.attentionSoftcap === undefined ? {} : { softcap: { float: config.attentionSoftcap } }),
    },
  );
  return `${at}.heads`;
}

// --- internal ---

function splitHeads({ graph, heads }: WriteScope, config: DecoderConfig, at: string, packed: string): string[] {
  const parts = ["q", "k", "v"].map((part) => `${at}.${part}`);
  const counts = [config.heads, config.kvHeads, config.kvHeads];
  graph.integers(
    `${at}.sizes`,
    counts.map((count) => count * heads.paddedDim),
  );
  graph.node("Split", [packed, `${at}.sizes`], parts, { axis: -1 });
  return parts;
}

// What attention gives here nobody reads.
function writeAppend(
  { graph }: WriteScope,
  config: DecoderConfig,
  layer: number,
  [key, value, keyScale, valueScale]: readonly string[],
): void {
  const { cos, sin } = ropeNames(config, layer);
  const { seqlensK, totalSequenceLength, pastKey, pastValue, presentKey, presentValue } = decoderValues;
  graph.node(
    "microsoft:GroupQueryAttention",
    [
      ...[key!, key!, value!, pastKey(layer), pastValue(layer), seqlensK, totalSequenceLength, cos, sin],
      ...["", "", "", keyScale!, valueScale!],
    ],
    [`layers.${layer}.attention.appended`, presentKey(layer), presentValue(layer)],
    {
      num_heads: config.kvHeads,
      kv_num_heads: config.kvHeads,
      do_rotary: 1,
      rotary_interleaved: 0,
      local_window_size: 1,
      ...INT8_CACHE,
    },
  );
}

function writeTurned({ graph, heads }: WriteScope, config: DecoderConfig, layer: number, query: string): void {
  const { cos, sin } = ropeNames(config, layer);
  const part =
    heads.rotaryDim < heads.headDim ? { rotary_embedding_dim: heads.rotaryDim, num_heads: config.heads } : {};
  const turned = `layers.${layer}.attention.turned`;
  graph.node("microsoft:RotaryEmbedding", [query, "prompt.positions", cos, sin], [turned], { interleaved: 0, ...part });
}

// What was there before the step as a cache, and the step's own as rows, (batch, sequence, kvHeads * paddedDim).
function writeWidened(
  { graph }: WriteScope,
  cache: string,
  scale: string,
  name: string,
): { readonly past: string; readonly own: string } {
  const part = (from: string, to: string, output: string): string => {
    graph.node("Slice", [cache, from, to, "prompt.axis"], [`${output}.codes`]);
    graph.node("Cast", [`${output}.codes`], [`${output}.wide`], { to: FLOAT32 });
    graph.node("Mul", [`${output}.wide`, scale], [output]);
    return output;
  };
  const own = part("prompt.past", "prompt.total", `${name}.own`);
  graph.node("Transpose", [own], [`${own}.rows`], { perm: [0, 2, 1, 3] });
  graph.node("Reshape", [`${own}.rows`, "prompt.rows"], [`${own}.flat`]);
  return { past: part("prompt.start", "prompt.past", `${name}.past`), own: `${own}.flat` };
}
