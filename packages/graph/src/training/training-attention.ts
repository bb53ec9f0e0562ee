import { type DecoderConfig, isLocalLayer, turnedElements } from "../decoder-config.ts";
import { ropeFrequencies, ropeRows } from "../rope-table.ts";
import { attend } from "./attend.ts";
import { attentionMask, type MaskBlock } from "./attention-mask.ts";
import { split } from "./axis-parts.ts";
import { reshape, transpose } from "./reshape.ts";
import { rmsNorm } from "./rms-norm.ts";
import { type RotaryTables, rotaryTurn } from "./rotary-turn.ts";
import type { Tape, Value } from "./tape.ts";
import type { TrainingScope } from "./training-layer.ts";

/** What the attention of several layers shares. */
export interface AttentionPlan {
  readonly mask: readonly MaskBlock[];
  readonly rotary: RotaryTables;
}

/** What layers that see all and layers with a window need for a batch. */
export function attentionPlans(
  tape: Tape,
  config: DecoderConfig,
  batch: { readonly positions: Value; readonly segments: Value },
): (layer: number) => AttentionPlan {
  const plan = (local: boolean): AttentionPlan => ({
    mask: attentionMask(tape, batch.segments, local ? config.slidingWindow : undefined),
    rotary: rotaryTables(tape, config, { local, positions: batch.positions }),
  });
  const plans = new Map<boolean, AttentionPlan>();
  return (layer) => {
    const local = isLocalLayer(config, layer);
    const found = plans.get(local) ?? plan(local);
    plans.set(local, found);
    return found;
  };
}

/** A layer's attention with its output product, both `(rows * tokens, width)`. */
export function trainingAttention(scope: TrainingScope, layer: number, x: Value): Value {
  const { tape, config, weights, shape } = scope;
  const { rows, tokens } = shape;
  const { heads, kvHeads, headDim } = config;
  const at = `model.layers.${layer}.self_attn`;
  const { mask, rotary } = scope.plan(layer);
  const [q, k, v] = projected(scope, at, x);
  const turned = (y: Value, part: string, count: number): Value => {
    const normed = config.qkNorm ? headNorm(scope, y, `${at}.${part}_norm.weight`) : y;
    return rotaryTurn(tape, reshape(tape, normed, [rows, tokens, count * headDim]), rotary);
  };
  const perHead = (y: Value): Value =>
    transpose(tape, reshape(tape, y, [rows, tokens, kvHeads, headDim]), [0, 2, 1, 3]);
  const queries = reshape(tape, turned(q, "q", heads), [rows, tokens, kvHeads, heads / kvHeads, headDim]);
  const output = attend(
    tape,
    {
      queries: transpose(tape, queries, [0, 2, 3, 1, 4]),
      keys: perHead(turned(k, "k", kvHeads)),
      values: perHead(v),
    },
    { mask, scale: config.attentionScale ?? 1 / Math.sqrt(headDim), cap: config.attentionSoftcap },
  );
  const back = transpose(tape, output, [0, 3, 1, 2, 4]);
  return weights.linear(reshape(tape, back, [rows * tokens, heads * headDim]), `${at}.o_proj`, config.outputBias);
}

// --- internal ---

function projected({ tape, config, weights }: TrainingScope, at: string, x: Value): readonly [Value, Value, Value] {
  const { heads, kvHeads, headDim, attentionBias } = config;
  const product = (part: string): Value => weights.linear(x, `${at}.${part}`, attentionBias);
  if (!config.packedProjections) return [product("q_proj"), product("k_proj"), product("v_proj")];
  const widths = [heads, kvHeads, kvHeads].map((count) => count * headDim);
  const [q, k, v] = split(tape, product("qkv_proj"), 1, widths);
  return [q!, k!, v!];
}

function headNorm({ tape, config, weights }: TrainingScope, x: Value, name: string): Value {
  const { headDim, normEpsilon, normOffset } = config;
  const [rows, width] = x.shape as [number, number];
  const heads = reshape(tape, x, [(rows * width) / headDim, headDim]);
  const normed = rmsNorm(tape, heads, weights.value(name), { epsilon: normEpsilon, offset: normOffset });
  return reshape(tape, normed, x.shape);
}

function rotaryTables(
  tape: Tape,
  config: DecoderConfig,
  { local, positions }: { readonly local: boolean; readonly positions: Value },
): RotaryTables {
  const own = local ? config.localRopeTheta : undefined;
  const frequencies = ropeFrequencies(
    own === undefined ? config : { ...config, ropeTheta: own, ropeScaling: { type: "none" } },
  );
  const tokens = positions.shape[1]!;
  const shape = [tokens, frequencies.length];
  const table = (turn: "cos" | "sin"): Float32Array => ropeRows(turn, frequencies, [0, tokens]);
  const name = own === undefined ? "rotary" : "rotary_local";
  return {
    positions,
    cos: tape.constant(`${name}_cos`, "float32", shape, table("cos")),
    sin: tape.constant(`${name}_sin`, "float32", shape, table("sin")),
    minusSin: () =>
      tape.constant(
        `${name}_minus_sin`,
        "float32",
        shape,
        table("sin").map((value) => -value),
      ),
    ...(turnedElements(config) < config.headDim ? { part: [turnedElements(config), config.headDim] as const } : {}),
  };
}
