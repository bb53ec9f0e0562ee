/** One safetensors file: `weight.NAME`, `moment.NAME` and, where AdamW keeps it, `variance.NAME` of each parameter, float32, and the state. */

import { type ByteSource, PalaverError } from "@palaver/core";
import { encodeSafetensorsHeader, parseSafetensors, readTensorChunks, type SafetensorsTensor } from "@palaver/formats";
import { safetensorsWeights, type Weights } from "@palaver/graph";
import { bytesOf, type TrainedParameter } from "../training/training-tensors.ts";
import { type CheckpointState, encodeCheckpointState, parseCheckpointState } from "./checkpoint-state.ts";

const KINDS = ["weight", "moment", "variance"] as const;

/** The file's bytes in order, as views of the tensors: they must not change until all is taken. */
export async function* checkpointChunks(
  parameters: readonly TrainedParameter[],
  state: CheckpointState,
): AsyncGenerator<Uint8Array, void, undefined> {
  const places = tensorPlaces(parameters);
  const entries = [...places].map(([name, { shape }]) => [name, { type: "F32", shape }] as const);
  const header = encodeSafetensorsHeader(new Map(entries), encodeCheckpointState(state));
  yield header.bytes;
  for (const name of header.tensors.keys()) yield places.get(name)!.bytes;
}

/**
 * Reads a checkpoint into the tensors. Nothing is changed before the whole header has been found to fit.
 * @throws ERR_FORMAT for a malformed file, ERR_INVALID_ARGUMENT for one of another model, ERR_IO
 */
export async function readCheckpoint(
  source: ByteSource,
  parameters: readonly TrainedParameter[],
): Promise<CheckpointState> {
  const { tensors, metadata } = await parseSafetensors(source);
  const state = parseCheckpointState(metadata);
  const places = tensorPlaces(parameters);
  for (const [name, { shape }] of places) checkTensor(name, tensors.get(name), shape);
  const stray = [...tensors.keys()].find((name) => !places.has(name));
  if (stray !== undefined) throw otherModel(`it has ${JSON.stringify(stray)}, which is not trained here`);
  for (const [name, { bytes }] of places) {
    let at = 0;
    for await (const chunk of readTensorChunks(source, tensors.get(name)!)) {
      bytes.set(chunk, at);
      at += chunk.byteLength;
    }
  }
  return state;
}

/** The weights of a checkpoint under their own names. The source must stay open while they are read. @throws ERR_FORMAT, ERR_IO */
export async function checkpointWeights(source: ByteSource): Promise<Weights> {
  const { tensors, read } = await safetensorsWeights([source]);
  const prefix = "weight.";
  const own = [...tensors].filter(([name]) => name.startsWith(prefix));
  if (own.length === 0) throw new PalaverError("ERR_FORMAT", "not a checkpoint of training: it holds no weights");
  return {
    tensors: new Map(own.map(([name, info]) => [name.slice(prefix.length), info])),
    read: (name) => read(prefix + name),
  };
}

// --- internal ---

interface Place {
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

function tensorPlaces(parameters: readonly TrainedParameter[]): Map<string, Place> {
  return new Map(
    KINDS.flatMap((kind) =>
      parameters.flatMap((parameter): [string, Place][] => {
        const tensor = parameter[kind];
        if (tensor === undefined) return [];
        return [[`${kind}.${parameter.name}`, { shape: parameter.shape, bytes: bytesOf(tensor) }]];
      }),
    ),
  );
}

function checkTensor(name: string, tensor: SafetensorsTensor | undefined, shape: readonly number[]): void {
  if (tensor === undefined) throw otherModel(`it lacks ${JSON.stringify(name)}`);
  if (tensor.type === "F32" && String(tensor.shape) === String(shape)) return;
  throw otherModel(`${JSON.stringify(name)} is ${tensor.type} [${tensor.shape}] and not F32 [${shape}]`);
}

function otherModel(what: string): PalaverError {
  return new PalaverError("ERR_INVALID_ARGUMENT", `the checkpoint is of another model: ${what}; use another store`);
}
