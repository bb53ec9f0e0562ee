import { type ModelSource, PalaverError, type TensorType } from "@palaver/core";
import { encodeOnnx } from "@palaver/formats";
import type { Driver, DriverLoadOptions, Graph } from "../driver.ts";
import { modelFile } from "../model-file.ts";
import { allocateTensor } from "../tensor-memory.ts";
import { loadPortableGraph, type OrtModule, type PortableBacking, portableBacking } from "./portable-graph.ts";

/** The driver over `onnxruntime-node`'s own binding. @throws ERR_NOT_FOUND, ERR_UNSUPPORTED */
export async function openPortableDriver(): Promise<Driver<PortableBacking>> {
  const ort = await loadModule();
  const writesInPlace = await probeInPlace(ort);
  return {
    name: "portable",
    version: ort.env.versions.node ?? "unknown",
    async load(source: ModelSource, { threads, signal }: DriverLoadOptions): Promise<Graph<PortableBacking>> {
      const file = typeof source === "string" ? await modelFile(source) : source;
      signal?.throwIfAborted(); // the binding cannot stop a load that has begun
      return loadPortableGraph(ort, file, { threads, writesInPlace });
    },
    allocate: (type: TensorType, shape: readonly number[]) =>
      portableBacking(ort, type, shape, allocateTensor(type, shape)),
    free: () => {}, // the module stays
  };
}

// --- internal ---

async function loadModule(): Promise<OrtModule> {
  try {
    return await import("onnxruntime-node");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND" ? "ERR_NOT_FOUND" : "ERR_UNSUPPORTED";
    throw new PalaverError(code, "onnxruntime-node does not load: add onnxruntime-node@~1.30.0", { cause });
  }
}

/** Asks the binding itself whether a preallocated output is written in place: a later version may stop doing so. */
async function probeInPlace(ort: OrtModule): Promise<boolean> {
  const info = { type: "float32", shape: [1] } as const;
  const probe = encodeOnnx({
    irVersion: 8,
    producer: "palaver",
    opsets: { "": 17 },
    graph: {
      name: "probe",
      inputs: [{ name: "before", ...info }],
      outputs: [{ name: "after", ...info }],
      initializers: [],
      nodes: [{ op: "Neg", inputs: ["before"], outputs: ["after"] }],
    },
  });
  const graph = await loadPortableGraph(ort, probe, { threads: 1, writesInPlace: true });
  const backing = portableBacking(ort, "float32", [1], { data: Float32Array.of(1), free: () => {} });
  try {
    await graph.run([["before", backing]], [["after", backing]]);
    return backing.view(false)[0] === -1;
  } finally {
    await graph.free();
  }
}
