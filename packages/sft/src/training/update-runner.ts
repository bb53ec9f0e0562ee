import type { Runtime, RuntimeTensor } from "@palaver/core";
import { type TrainingGraphs, trainingValues, type UpdateOptions } from "@palaver/graph";
import { floatsOf, type TrainedParameter } from "./training-tensors.ts";

export interface UpdateRunnerOptions {
  readonly runtime: Runtime;
  readonly graphs: TrainingGraphs;
  readonly parameters: readonly TrainedParameter[];
  readonly update: UpdateOptions;
  readonly threads: number | undefined;
}

/** Takes steps of AdamW or Muon in place. */
export interface UpdateRunner {
  /** Step `step`, from 1. Gives the gradients' norm before clipping; they are zeros afterwards. */
  run(step: number, learningRate: number): Promise<number>;
  close(): Promise<void>;
}

/** Loads the update graph. The two betas are needed here as well, for the corrections of a step. */
export async function createUpdateRunner(options: UpdateRunnerOptions): Promise<UpdateRunner> {
  const { runtime, graphs, parameters, update, threads } = options;
  const { beta1 = 0.9, beta2 = 0.95 } = update;
  const session = await runtime.load(graphs.update(update), threads === undefined ? {} : { threads });
  const scalar = (): RuntimeTensor => runtime.tensor("float32", []);
  const [rate, moment, variance, norm] = [scalar(), scalar(), scalar(), scalar()];
  const feeds: Record<string, RuntimeTensor> = {
    [trainingValues.learningRate]: rate,
    [trainingValues.momentCorrection]: moment,
    [trainingValues.varianceCorrection]: variance,
  };
  const fetches: Record<string, RuntimeTensor> = { [trainingValues.gradientNorm]: norm };
  for (const parameter of parameters) {
    const { name } = parameter;
    feeds[trainingValues.weight(name)] = parameter.weight;
    feeds[trainingValues.gradient(name)] = parameter.gradient;
    feeds[trainingValues.moment(name)] = parameter.moment;
    fetches[trainingValues.weightOut(name)] = parameter.weight;
    fetches[trainingValues.gradientOut(name)] = parameter.gradient;
    fetches[trainingValues.momentOut(name)] = parameter.moment;
    if (parameter.variance === undefined) continue;
    feeds[trainingValues.variance(name)] = parameter.variance;
    fetches[trainingValues.varianceOut(name)] = parameter.variance;
  }
  return {
    run: async (step, learningRate) => {
      rate.data[0] = learningRate;
      moment.data[0] = 1 / (1 - beta1 ** step);
      variance.data[0] = 1 / (1 - beta2 ** step);
      // Never aborted: a run that stops halfway would leave some weights of this step and some of the one before.
      await session.run(feeds, fetches);
      return floatsOf(norm)[0]!;
    },
    close: async () => {
      await session.close();
      for (const tensor of [rate, moment, variance, norm]) tensor.close();
    },
  };
}
