import { BLOCK, blockProduct } from "./block-product.ts";
import { linearProduct } from "./linear-product.ts";
import { lowRankProduct } from "./low-rank-product.ts";
import type { Tape, Value } from "./tape.ts";
import { type TrainingParameter, trainingValues } from "./training-graphs.ts";

/** A decoder's weights as a graph sees them. */
export interface DecoderWeights {
  /** A tensor by its name, such as `model.norm.weight`. */
  value(name: string): Value;
  /** `x W^T + b` by the tensors `NAME.weight` and, where the decoder has one, `NAME.bias`, and what LoRA adds. */
  linear(x: Value, name: string, bias?: boolean): Value;
}

export interface DecoderWeightsOptions {
  readonly parameters: readonly TrainingParameter[];
  readonly frozen: readonly TrainingParameter[];
  /** What low-rank changes are multiplied by. */
  readonly scale: number;
  /** Whether parameters are differentiated by. */
  readonly differentiate: boolean;
}

/** Declares weights as inputs when they are first asked for. */
export function decoderWeights(
  tape: Tape,
  { parameters, frozen, scale, differentiate }: DecoderWeightsOptions,
): DecoderWeights {
  const declared = new Map<string, Value>();
  const changing = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const fixed = new Map(frozen.map((parameter) => [parameter.name, parameter]));
  const declare = (name: string): Value => {
    const input = trainingValues.weight(name);
    const parameter = changing.get(name);
    if (parameter === undefined || !differentiate) {
      const { shape, type = "float32" } = parameter ?? fixed.get(name)!;
      return tape.input(input, type, shape);
    }
    return tape.parameter(input, parameter.shape, {
      gradient: trainingValues.gradient(name),
      gradientOut: trainingValues.gradientOut(name),
    });
  };
  const value = (name: string): Value => {
    const found = declared.get(name) ?? declare(name);
    declared.set(name, found);
    return found;
  };
  const product = (x: Value, name: string, bias: Value | undefined): Value => {
    if (!fixed.has(`${name}.codes`)) return linearProduct(tape, x, value(`${name}.weight`), bias);
    const y = blockProduct(tape, x, { codes: value(`${name}.codes`), scales: value(`${name}.scales`) });
    // Whoever trains over blocks keeps biases as they are.
    return bias === undefined ? y : addFrozen(tape, y, bias);
  };
  return {
    value,
    linear: (x, name, bias = false) => {
      const y = product(x, name, bias ? value(`${name}.bias`) : undefined);
      if (!changing.has(`${name}.lora_A`)) return y;
      return lowRankProduct(tape, y, x, { a: value(`${name}.lora_A`), b: value(`${name}.lora_B`), scale });
    },
  };
}

/** The tensors of a matrix in blocks, read only. */
export function blockTensors(name: string, [rows, columns]: readonly [number, number]): TrainingParameter[] {
  const blocks = columns / BLOCK;
  return [
    { name: `${name}.codes`, shape: [rows, blocks, BLOCK / 2], decay: false, type: "uint8" },
    { name: `${name}.scales`, shape: [rows, blocks], decay: false },
  ];
}

// --- internal ---

function addFrozen(tape: Tape, y: Value, bias: Value): Value {
  const sum = tape.apply("Add", [y, bias], y.shape);
  tape.record([y], sum, (adjoint) => tape.accumulate(y, () => adjoint));
  return sum;
}
