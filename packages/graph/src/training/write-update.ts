/**
 * One step of AdamW (Loshchilov and Hutter, https://arxiv.org/abs/1711.05101) after clipping by the norm of all gradients
 * (https://arxiv.org/abs/1211.5063). Every output may be the same tensor as its input: what is written in place hangs on
 * all that reads it, by way of the norm, which needs every gradient.
 */

import { PalaverError } from "@palaver/core";
import { Tape, type Value } from "./tape.ts";
import { type TrainingParameter, trainingValues, type UpdateOptions } from "./training-graphs.ts";

/** Keeps the quotient finite where all gradients are 0; far below any norm that clips. */
const NORM_FLOOR = 1e-12;

/** Writes the update graph of some parameters. @throws ERR_INVALID_ARGUMENT */
export function writeUpdate(parameters: readonly TrainingParameter[], options: UpdateOptions = {}): Tape {
  const { beta1 = 0.9, beta2 = 0.95, epsilon = 1e-8, weightDecay = 0.1, maxGradientNorm = 1 } = options;
  for (const [name, value] of Object.entries({ beta1, beta2 })) check(name, value, value >= 0 && value < 1);
  for (const [name, value] of Object.entries({ epsilon, maxGradientNorm })) check(name, value, value > 0);
  check("weightDecay", weightDecay, weightDecay >= 0);

  const tape = new Tape();
  const learningRate = tape.input(trainingValues.learningRate, "float32", []);
  const momentCorrection = tape.input(trainingValues.momentCorrection, "float32", []);
  const varianceCorrection = tape.input(trainingValues.varianceCorrection, "float32", []);
  const scalar = (op: string, ...inputs: Value[]): Value => tape.apply(op, inputs, []);

  const gradients = parameters.map(({ name, shape }) => tape.input(trainingValues.gradient(name), "float32", shape));
  const squares = gradients.map((gradient) => tape.apply("ReduceSumSquare", [gradient], [], { keepdims: 0 }));
  const norm = scalar("Sqrt", scalar("Sum", ...squares));
  tape.output(norm, trainingValues.gradientNorm);
  const limit = tape.number(maxGradientNorm);
  const clip = scalar("Div", limit, scalar("Max", norm, limit, tape.number(NORM_FLOOR)));
  const momentShare = scalar("Mul", clip, tape.number(1 - beta1));
  // clip^2 (1 - beta2), whose root multiplies the gradient before it is squared
  const varianceShare = scalar("Mul", clip, tape.number(Math.sqrt(1 - beta2)));
  const rate = scalar("Mul", learningRate, momentCorrection);
  const kept = scalar("Sub", tape.number(1), scalar("Mul", learningRate, tape.number(weightDecay)));
  const rootCorrection = scalar("Sqrt", varianceCorrection);

  for (const [index, { name, shape, decay }] of parameters.entries()) {
    const elementwise = (op: string, ...inputs: Value[]): Value => tape.apply(op, inputs, shape);
    const gradient = gradients[index]!;
    const weight = tape.input(trainingValues.weight(name), "float32", shape);
    const moment = tape.input(trainingValues.moment(name), "float32", shape);
    const variance = tape.input(trainingValues.variance(name), "float32", shape);
    const part = elementwise("Mul", gradient, varianceShare);
    const nextMoment = tape.applyTo(
      trainingValues.momentOut(name),
      "Add",
      [elementwise("Mul", moment, tape.number(beta1)), elementwise("Mul", gradient, momentShare)],
      shape,
    );
    const nextVariance = tape.applyTo(
      trainingValues.varianceOut(name),
      "Add",
      [elementwise("Mul", variance, tape.number(beta2)), elementwise("Mul", part, part)],
      shape,
    );
    const root = elementwise("Mul", elementwise("Sqrt", nextVariance), rootCorrection);
    const direction = elementwise("Div", nextMoment, elementwise("Add", root, tape.number(epsilon)));
    const step = elementwise("Mul", direction, rate);
    const start = decay && weightDecay > 0 ? elementwise("Mul", weight, kept) : weight;
    const nextWeight = tape.applyTo(trainingValues.weightOut(name), "Sub", [start, step], shape);
    // The new weight needs both readers of the gradient. Zero also where the gradient is not a number.
    const zero = tape.zeroAfter(nextWeight, "float32");
    tape.applyTo(trainingValues.gradientOut(name), "Expand", [zero, tape.integers(shape)], shape);
  }
  return tape;
}

// --- internal ---

function check(name: string, value: number, holds: boolean): void {
  if (holds && Number.isFinite(value)) return;
  throw new PalaverError("ERR_INVALID_ARGUMENT", `${name} is out of range: ${value}`);
}
