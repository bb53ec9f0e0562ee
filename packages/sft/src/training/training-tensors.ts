import type { Runtime, RuntimeTensor } from "@palaver/core";
import {
  hasVariance,
  type TrainingGraphs,
  type TrainingParameter,
  trainingData,
  type UpdateOptions,
  type Weights,
} from "@palaver/graph";

/** What is trained, with its tensors, all of its shape and float32. */
export interface TrainedParameter extends TrainingParameter {
  readonly weight: RuntimeTensor;
  /** Sum of the gradients of a step's batches; zeros between steps. */
  readonly gradient: RuntimeTensor;
  readonly moment: RuntimeTensor;
  /** Where the update keeps second moments. */
  readonly variance: RuntimeTensor | undefined;
}

/** What training changes, and what it reads only. */
export interface TrainingTensors {
  readonly parameters: readonly TrainedParameter[];
  readonly frozen: readonly { readonly name: string; readonly weight: RuntimeTensor }[];
  close(): void;
}

export interface LoadTrainingTensorsOptions {
  readonly graphs: Pick<TrainingGraphs, "parameters" | "frozen">;
  readonly weights: Weights;
  readonly update: UpdateOptions;
}

/** Makes the tensors and reads the weights into them. @throws as `trainingData` of `@palaver/graph`, and what the runtime throws */
export async function loadTrainingTensors(
  runtime: Runtime,
  { graphs: { parameters, frozen }, weights, update }: LoadTrainingTensorsOptions,
): Promise<TrainingTensors> {
  const opened: RuntimeTensor[] = [];
  const open = (tensor: RuntimeTensor): RuntimeTensor => {
    opened.push(tensor);
    return tensor;
  };
  const load = async (parameter: TrainingParameter): Promise<RuntimeTensor> => {
    const { shape, type = "float32" } = parameter;
    return open(runtime.tensor(type, shape, await trainingData(weights, parameter)));
  };
  const close = (): void => {
    for (const tensor of opened.splice(0)) tensor.close();
  };
  try {
    const trained: TrainedParameter[] = [];
    for (const parameter of parameters) {
      const zeros = (): RuntimeTensor => open(runtime.tensor("float32", parameter.shape));
      const weight = await load(parameter);
      const variance = hasVariance(parameter, update) ? zeros() : undefined;
      trained.push({ ...parameter, weight, gradient: zeros(), moment: zeros(), variance });
    }
    const still: { name: string; weight: RuntimeTensor }[] = [];
    for (const parameter of frozen) still.push({ name: parameter.name, weight: await load(parameter) });
    return { parameters: trained, frozen: still, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** The elements of a float32 tensor. */
export function floatsOf(tensor: RuntimeTensor): Float32Array {
  // All tensors here are made as float32, which runtimes show as Float32Array.
  return tensor.data as Float32Array;
}

/** The bytes of a float32 tensor, as a view. */
export function bytesOf(tensor: RuntimeTensor): Uint8Array {
  const { buffer, byteOffset, byteLength } = tensor.data;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The norm of all gradients together, in double precision; not finite if one element is not, or if float32 cannot hold the sum of squares. */
export function gradientNorm(parameters: readonly TrainedParameter[]): number {
  let sum = 0;
  for (const { gradient } of parameters) {
    const values = floatsOf(gradient);
    for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  }
  return Math.fround(sum) === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : Math.sqrt(sum);
}
