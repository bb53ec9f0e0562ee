import type { ModelSource, TensorType } from "@palaver/core";
import type { Driver, Graph } from "../driver.ts";
import { modelFile } from "../model-file.ts";
import { NativeContext } from "./native-context.ts";
import { loadNativeGraph } from "./native-graph.ts";
import { findNativeLibrary, loadNativeLibrary } from "./native-library.ts";
import { createNativeTensor, type NativeBacking } from "./native-tensor.ts";

/** The driver that calls ONNX Runtime's C API. @throws ERR_UNSUPPORTED, ERR_NOT_FOUND: it does not fit this machine */
export async function openNativeDriver(libraryPath = findNativeLibrary()): Promise<Driver<NativeBacking>> {
  const library = await loadNativeLibrary(libraryPath);
  const context = new NativeContext(library);
  return {
    name: "native",
    version: library.version,
    async load(source: ModelSource, threads: number): Promise<Graph<NativeBacking>> {
      return loadNativeGraph(context, typeof source === "string" ? await modelFile(source) : source, threads);
    },
    allocate: (type: TensorType, shape: readonly number[]) => createNativeTensor(context, type, shape),
    free: () => context.free(),
  };
}
