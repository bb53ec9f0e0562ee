import type { ModelSource, TensorType } from "@palaver/core";
import type { Driver, DriverLoadOptions, Graph } from "../driver.ts";
import { modelFile } from "../model-file.ts";
import { loadNativeGraph } from "./load-native-graph.ts";
import { NativeContext } from "./native-context.ts";
import { type DeviceName, NATIVE_DEVICES } from "./native-device.ts";
import { loadNativeLibrary } from "./native-library.ts";
import { createDeviceTensor, createNativeTensor, type NativeBacking } from "./native-tensor.ts";
import { type OpenDevice, openDevice } from "./open-device.ts";

/**
 * The driver that calls ONNX Runtime's C API.
 * @throws ERR_UNSUPPORTED, ERR_NOT_FOUND: it does not fit this machine; ERR_UNSUPPORTED: the device does not work here
 */
export async function openNativeDriver(libraryPath: string, name: DeviceName): Promise<Driver<NativeBacking>> {
  const library = await loadNativeLibrary(libraryPath);
  const context = new NativeContext(library, NATIVE_DEVICES[name]);
  let device: OpenDevice;
  try {
    device = name === "cpu" ? CPU : await openDevice(context);
  } catch (error) {
    context.free();
    throw error;
  }
  const { allocator } = device;
  return {
    name: "native",
    version: library.version,
    async load(source: ModelSource, options: DriverLoadOptions): Promise<Graph<NativeBacking>> {
      return loadNativeGraph(context, typeof source === "string" ? await modelFile(source) : source, options);
    },
    allocate: (type: TensorType, shape: readonly number[]) => createNativeTensor(context, type, shape),
    ...(allocator !== undefined && {
      allocateOnDevice: (type: TensorType, shape: readonly number[]) =>
        createDeviceTensor(context, allocator, type, shape),
    }),
    async free() {
      await device.free();
      context.free();
    },
  };
}

// --- internal ---

const CPU: OpenDevice = { allocator: undefined, free: async () => {} };
