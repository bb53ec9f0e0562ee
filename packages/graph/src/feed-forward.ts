import type { Activation, DecoderConfig } from "./decoder-config.ts";
import type { GraphWriter } from "./graph-writer.ts";
import { type WriteScope, writeLinear } from "./linear.ts";

/** Adds a layer's gated feed-forward, `down(activation(gate(x)) * up(x))`; gives its output, `(tokens, hidden)`. */
export async function writeFeedForward(
  scope: WriteScope,
  config: DecoderConfig,
  layer: number,
  input: string,
): Promise<string> {
  const { graph } = scope;
  const at = `layers.${layer}.ffn`;
  await writeGateAndUp(scope, config, layer, input);
  graph.node("Mul", [writeActivation(graph, config.activation, `${at}.gate`), `${at}.up`], [`${at}.gated`]);
  const down = await writeLinear(
    scope,
    { name: `${at}.down`, columns: config.ffn, role: "layer" },
    { tensor: `model.layers.${layer}.mlp.down_proj`, rows: config.hidden },
  );
  down.apply(`${at}.gated`, at);
  return at;
}

// --- internal ---

async function writeGateAndUp(scope: WriteScope, config: DecoderConfig, layer: number, input: string): Promise<void> {
  const { graph } = scope;
  const at = `layers.${layer}.ffn`;
  const tensors = `model.layers.${layer}.mlp`;
  const { hidden, ffn } = config;
  const product = async (name: string, tensor: string, rows: number): Promise<void> => {
    const linear = { name: `${at}.${name}`, columns: hidden, role: "layer" } as const;
    const written = await writeLinear(scope, linear, { tensor: `${tensors}.${tensor}`, rows });
    written.apply(input, `${at}.${name}`);
  };
  if (config.packedProjections) {
    await product("gate_up", "gate_up_proj", 2 * ffn);
    graph.node("Split", [`${at}.gate_up`], [`${at}.gate`, `${at}.up`], { axis: -1 });
    return;
  }
  await product("gate", "gate_proj", ffn);
  await product("up", "up_proj", ffn);
}

function writeActivation(graph: GraphWriter, activation: Activation, input: string): string {
  switch (activation) {
    case "silu":
      graph.node("Sigmoid", [input], [`${input}.sigmoid`]);
      graph.node("Mul", [input, `${input}.sigmoid`], [`${input}.silu`]);
      return `${input}.silu`;
    case "gelu-tanh":
      graph.node("microsoft:FastGelu", [input], [`${input}.gelu`]);
      return `${input}.gelu`;
    default:
      return activation satisfies never;
  }
}
