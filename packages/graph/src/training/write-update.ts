/**
 * One step of AdamW (Loshchilov and Hutter, https://arxiv.org/abs/1711.05101), or for the layers' matrices of Muon (Jordan
 * et al., https://kellerjordan.github.io/posts/muon/), after clipping by the norm of all gradients
 * (https://arxiv.org/abs/1211.5063). Every output may be the same tensor as its input: what is written in place hangs on
 * all that reads it, by way of the norm, which needs every gradient.
 */

import { PalaverError } from "@palaver/core";
import { orthogonalized } from "./orthogonalized.ts";
import { Tape, type Value } from "./tape.ts";
import { hasVariance, type TrainingParameter, trainingValues, type UpdateOptions } from "./training-graphs.ts";

/** Keeps the quotient finite where all gradients are 0; far below any norm that clips. */
const NORM_FLOOR = 1e-12;

/**
 * The root mean square of AdamW's steps, to which Muon's are scaled, so that one learning rate and one decay serve both
 * (Liu et al., Muon is Scalable for LLM Training, https://arxiv.org/abs/2502.16982, 2.2).
 */
const MUON_STEP_SIZE = 0.2;

/** Writes the update graph of some parameters. @throws ERR_INVALID_ARGUMENT */
export function writeUpdate(parameters: readonly TrainingParameter[], options: UpdateOptions = {}): Tape {
  const { beta1 = 0.9, beta2 = 0.95, epsilon = 1e-8, weightDecay = 0.1, maxGradientNorm = 1, muon } = options;
  const { momentum = 0.95 } = muon ?? {};
  for (const [name, value] of Object.entries({ beta1, beta2, momentum })) check(name, value, value >= 0 && value < 1);
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
  const kept = scalar("Sub", tape.number(1), scalar("Mul", learningRate, tape.number(weightDecay)));

  const adamWStep = adamW(tape, {
    beta1,
    beta2,
    epsilon,
    momentShare: scalar("Mul", clip, tape.number(1 - beta1)),
    // clip^2 (1 - beta2), whose root multiplies the gradient before it is squared
    varianceShare: scalar("Mul", clip, tape.number(Math.sqrt(1 - beta2))),
    rate: scalar("Mul", learningRate, momentCorrection),
    rootCorrection: scalar("Sqrt", varianceCorrection),
  });
  const muonStep = muonOf(tape, {
    momentum,
    momentShare: scalar("Mul", clip, tape.number(1 - momentum)),
    learningRate,
  });

  for (const [index, parameter] of parameters.entries()) {
    const { name, shape, decay } = parameter;
    const weight = tape.input(trainingValues.weight(name), "float32", shape);
    const step = (hasVariance(parameter, options) ? adamWStep : muonStep)(parameter, gradients[index]!);
    const start = decay && weightDecay > 0 ? tape.apply("Mul", [weight, kept], shape) : weight;
    const nextWeight = tape.applyTo(trainingValues.weightOut(name), "Sub", [start, step], shape);
    // The new weight needs both readers of the gradient. Zero also where the gradient is not a number.
    const zero = tape.zeroAfter(nextWeight, "float32");
    tape.applyTo(trainingValues.gradientOut(name), "Expand", [zero, tape.integers(shape)], shape);
  }
  return tape;
}

// --- internal ---

/** Writes a parameter's moments; gives what is taken from its weight. */
type StepWriter = (parameter: TrainingParameter, gradient: Value) => Value;

interface AdamWValues {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly momentShare: Value;
  readonly varianceShare: Value;
  readonly rate: Value;
  readonly rootCorrection: Value;
}

function adamW(tape: Tape, values: AdamWValues): StepWriter {
  const { beta1, beta2, epsilon, momentShare, varianceShare, rate, rootCorrection } = values;
  return ({ name, shape }, gradient) => {
    const elementwise = (op: string, ...inputs: Value[]): Value => tape.apply(op, inputs, shape);
    const variance = tape.input(trainingValues.variance(name), "float32", shape);
    const part = elementwise("Mul", gradient, varianceShare);
    const nextMoment = writeMoment(tape, { name, shape }, { gradient, kept: beta1, share: momentShare });
    const nextVariance = tape.applyTo(
      trainingValues.varianceOut(name),
      "Add",
      [elementwise("Mul", variance, tape.number(beta2)), elementwise("Mul", part, part)],
      shape,
    );
    const root = elementwise("Mul", elementwise("Sqrt", nextVariance), rootCorrection);
    return elementwise("Mul", elementwise("Div", nextMoment, elementwise("Add", root, tape.number(epsilon))), rate);
  };
}

interface MuonValues {
  readonly momentum: number;
  readonly momentShare: Value;
  readonly learningRate: Value;
}

function muonOf(tape: Tape, { momentum, momentShare, learningRate }: MuonValues): StepWriter {
  return ({ name, shape }, gradient) => {
    const elementwise = (op: string, ...inputs: Value[]): Value => tape.apply(op, inputs, shape);
    const nextMoment = writeMoment(tape, { name, shape }, { gradient, kept: momentum, share: momentShare });
    // Nesterov's: where the moment will be one step on, if this gradient comes again.
    const ahead = elementwise(
      "Add",
      elementwise("Mul", nextMoment, tape.number(momentum)),
      elementwise("Mul", gradient, momentShare),
    );
    // An orthogonal factor's elements have a root mean square of 1 / sqrt(longer side).
    const size = tape.number(MUON_STEP_SIZE * Math.sqrt(Math.max(...shape)));
    return elementwise("Mul", orthogonalized(tape, ahead), tape.apply("Mul", [learningRate, size], []));
  };
}

function writeMoment(
  tape: Tape,
  { name, shape }: Pick<TrainingParameter, "name" | "shape">,
  { gradient, kept, share }: { readonly gradient: Value; readonly kept: number; readonly share: Value },
): Value {
  const moment = tape.input(trainingValues.moment(name), "float32", shape);
  return tape.applyTo(
    trainingValues.momentOut(name),
    "Add",
    [tape.apply("Mul", [moment, tape.number(kept)], shape), tape.apply("Mul", [gradient, share], shape)],
    shape,
  );
}

function check(name: string, value: number, holds: boolean): void {
  if (holds && Number.isFinite(value)) return;
  throw new PalaverError("ERR_INVALID_ARGUMENT", `${name} is out of range: ${value}`);
}
