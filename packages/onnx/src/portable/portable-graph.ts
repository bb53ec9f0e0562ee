import { type ModelSource, PalaverError, type TensorData, type TensorType, type ValueInfo } from "@palaver/core";
import type { InferenceSession, Tensor } from "onnxruntime-common";
import type { Backing, Graph, Named, NewTensor } from "../driver.ts";
import { loadError } from "../load-error.ts";
import { TENSOR_TYPES } from "../tensor-type.ts";

/** The module `onnxruntime-node`. Values must come from it: the ESM copy of onnxruntime-common has no backend. */
export type OrtModule = typeof import("onnxruntime-node");

/** A tensor of the binding and its elements. */
export interface PortableBacking extends Backing {
  readonly tensor: Tensor;
}

export interface PortableGraphOptions {
  readonly threads: number;
  /** True if the binding writes preallocated outputs in place; otherwise they are copied. */
  readonly writesInPlace: boolean;
}

/** Loads a graph through the binding, which blocks the event loop. @throws ERR_FORMAT, ERR_UNSUPPORTED, ERR_LIMIT */
export async function loadPortableGraph(
  ort: OrtModule,
  source: ModelSource,
  { threads, writesInPlace }: PortableGraphOptions,
): Promise<Graph<PortableBacking>> {
  const session = await createSession(ort, source, threads);
  try {
    return portableGraph(session, writesInPlace);
  } catch (error) {
    await session.release();
    throw error;
  }
}

/** A tensor of the binding over `data`. @throws ERR_UNSUPPORTED */
export function portableBacking(
  ort: OrtModule,
  type: TensorType,
  shape: readonly number[],
  { data, free }: { readonly data: TensorData; readonly free: () => void },
): PortableBacking {
  if (type === "bfloat16") throw new PalaverError("ERR_UNSUPPORTED", "the portable driver has no bfloat16 tensors");
  // The table of tensor types gives the array class that the binding wants for this type.
  const tensor = new ort.Tensor(type, data as Tensor.DataTypeMap[typeof type], shape);
  const { length } = data;
  return { tensor, view: () => data, isLost: () => data.length < length, free };
}

// --- internal ---

const LOG_FATAL = 4;

async function createSession(ort: OrtModule, source: ModelSource, threads: number): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    graphOptimizationLevel: "all",
    logSeverityLevel: LOG_FATAL,
    enableMemPattern: false, // plans are kept for each set of input shapes: sequences have as many as lengths
  };
  try {
    if (typeof source === "string") return await ort.InferenceSession.create(source, options);
    return await ort.InferenceSession.create(source, options);
  } catch (cause) {
    const subject = typeof source === "string" ? source : "graph";
    throw loadError("ERR_FORMAT", `${subject}: ${messageOf(cause)}`, { cause });
  }
}

function portableGraph(session: InferenceSession, writesInPlace: boolean): Graph<PortableBacking> {
  const inputs = session.inputMetadata.map(valueInfo);
  const outputs = session.outputMetadata.map(valueInfo);
  const graph: Graph<PortableBacking> = {
    inputs,
    outputs,
    async run(feeds, fetches, signal) {
      signal?.throwIfAborted(); // the binding cannot stop a run that has begun
      const results = await call(session, feeds, fetches);
      const made: NewTensor<PortableBacking>[] = [];
      for (const [name, target] of fetches) {
        const result = results[name]!; // the binding gives every output that was asked for
        if (target === null) made.push(adopt(result));
        else if (!writesInPlace) copyInto(target.view(true), elements(result));
      }
      return made;
    },
    bind: (feeds, fetches) => ({
      async run(signal) {
        await graph.run(feeds, fetches, signal);
      },
      free: () => {},
    }),
    free: () => session.release(),
  };
  return graph;
}

async function call(
  session: InferenceSession,
  feeds: readonly Named<PortableBacking>[],
  fetches: readonly Named<PortableBacking | null>[],
): Promise<InferenceSession.ReturnType> {
  const inputs = Object.fromEntries(feeds.map(([name, { tensor }]) => [name, tensor]));
  const outputs = Object.fromEntries(fetches.map(([name, backing]) => [name, backing?.tensor ?? null]));
  try {
    return await session.run(inputs, outputs, { logSeverityLevel: LOG_FATAL });
  } catch (cause) {
    throw new PalaverError("ERR_RUNTIME", `run: ${messageOf(cause)}`, { cause });
  }
}

function valueInfo(metadata: InferenceSession.ValueMetadata): ValueInfo {
  const { name } = metadata;
  if (!metadata.isTensor) throw new PalaverError("ERR_UNSUPPORTED", `${name} is a sequence or a map, not a tensor`);
  return { name, type: tensorType(metadata.type, name), shape: metadata.shape };
}

function tensorType(type: Tensor.Type, subject: string): TensorType {
  // Checked against the table on the same line: strings and sub-byte integers are not in it.
  if (Object.hasOwn(TENSOR_TYPES, type)) return type as TensorType;
  throw new PalaverError("ERR_UNSUPPORTED", `${subject} is ${type}, which has no typed array`);
}

function adopt(tensor: Tensor): NewTensor<PortableBacking> {
  const data = elements(tensor);
  const { length } = data;
  return {
    backing: { tensor, view: () => data, isLost: () => data.length < length, free: () => tensor.dispose() },
    type: tensorType(tensor.type, "an output"),
    shape: tensor.dims,
  };
}

/** The elements in the array class of this project: newer engines show float16 as floats. */
function elements(tensor: Tensor): TensorData {
  const { array } = TENSOR_TYPES[tensorType(tensor.type, "an output")];
  // Not strings, as the line above has made sure of.
  const { buffer, byteOffset, length } = tensor.data as Exclude<Tensor.DataType, string[]>;
  return new array(buffer as ArrayBuffer, byteOffset, length); // the binding makes no shared buffers
}

function copyInto(target: TensorData, source: TensorData): void {
  const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  bytes.set(new Uint8Array(source.buffer, source.byteOffset, source.byteLength));
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
