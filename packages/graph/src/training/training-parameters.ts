import type { DecoderConfig } from "../decoder-config.ts";
import { weightShapes } from "../weight-shapes.ts";
import { BLOCK } from "./block-product.ts";
import { blockTensors } from "./decoder-weights.ts";
import type { TrainingParameter } from "./training-graphs.ts";
import { type LoraOptions, loraTargets, type TrainingOptions } from "./training-options.ts";

/** What changes in training, and what is read only. */
export interface ParameterSets {
  readonly parameters: readonly TrainingParameter[];
  readonly frozen: readonly TrainingParameter[];
}

/** Sorts a decoder's tensors by what the options train. */
export function trainingParameters(config: DecoderConfig, { lora }: TrainingOptions): ParameterSets {
  const all = decoderParameters(config);
  if (lora === undefined) return { parameters: all, frozen: [] };
  const targets: readonly string[] = loraTargets(config, lora);
  const parameters = all.flatMap((tensor) => (targets.includes(projection(tensor)) ? changes(tensor, lora) : []));
  const frozen = lora.base === "q4" ? all.flatMap(inBlocks) : all;
  return { parameters, frozen: frozen.map((tensor) => ({ ...tensor, decay: false })) };
}

// --- internal ---

/** A checkpoint's tensors: its matrices decay, and the layers' are hidden. */
function decoderParameters(config: DecoderConfig): TrainingParameter[] {
  return weightShapes(config).map(([name, shape]) => {
    const parameter = { name, shape, decay: shape.length === 2 };
    return projection(parameter) === "" ? parameter : { ...parameter, hidden: true };
  });
}

/** `q_proj` of `model.layers.0.self_attn.q_proj.weight`; "" of what is no layer's matrix. */
function projection({ name, shape }: TrainingParameter): string {
  return shape.length === 2 ? (/^model\.layers\.\d+\.\w+\.(\w+)\.weight$/.exec(name)?.[1] ?? "") : "";
}

function changes({ name, shape }: TrainingParameter, { rank }: LoraOptions): TrainingParameter[] {
  const [rows, columns] = shape as [number, number];
  const stem = name.slice(0, -".weight".length);
  return [
    { name: `${stem}.lora_A`, shape: [rank, columns], decay: true },
    { name: `${stem}.lora_B`, shape: [rows, rank], decay: true },
  ];
}

function inBlocks(tensor: TrainingParameter): TrainingParameter[] {
  const [rows, columns] = tensor.shape as [number, number];
  if (projection(tensor) === "" || columns % BLOCK !== 0) return [tensor];
  return blockTensors(tensor.name.slice(0, -".weight".length), [rows, columns]);
}
