import type { NativeContext } from "./native-context.ts";
import type { Pointer } from "./ort-api.ts";

/** Where ONNX Runtime computes. */
export type DeviceName = "cpu" | "cuda" | "webgpu" | "coreml" | "dml";

/** What is particular about a device. */
export interface NativeDevice {
  readonly name: DeviceName;
  /** Puts its execution provider in front of the CPU's, in a session's options. @throws ERR_RUNTIME */
  readonly append: (context: NativeContext, options: Pointer) => void;
  /** What ONNX Runtime calls its memory; undefined where tensors stay in the computer's own. */
  readonly memory?: string;
  /** True where the whole process may make one call at a time. */
  readonly serial?: boolean;
  /** How to get it, for people who asked for it by name and cannot have it. */
  readonly install: string;
}

/** Every device. Names of providers and memories are ONNX Runtime 1.30's. */
export const NATIVE_DEVICES: Readonly<Record<DeviceName, NativeDevice>> = {
  cpu: { name: "cpu", append: () => {}, install: "it is part of onnxruntime-node" },
  cuda: {
    name: "cuda",
    append: appendCuda,
    memory: "Cuda",
    install:
      "it needs Linux x64 with an NVIDIA driver, CUDA 12 and cuDNN 9; run onnxruntime-node's script/install.js with --onnxruntime-node-install=cuda12",
  },
  webgpu: {
    name: "webgpu",
    append: byName("WebGPU"),
    memory: "WebGPU_Buf",
    serial: true,
    install:
      "it needs a graphics driver: Vulkan on Linux x64 (libvulkan1 and the card's own), Direct3D 12 on Windows, Metal on macOS",
  },
  coreml: {
    name: "coreml",
    append: byName("CoreML"),
    install: "it needs macOS, on which it is part of onnxruntime-node",
  },
  dml: {
    name: "dml",
    append: byName("DML"),
    install: "it needs Windows 10 or newer with a DirectX 12 card, on which it is part of onnxruntime-node",
  },
};

// --- internal ---

function byName(provider: string): NativeDevice["append"] {
  return (context, options) => {
    const { api } = context.library;
    context.call(provider, api.SessionOptionsAppendExecutionProvider(options, provider, null, null, 0));
  };
}

function appendCuda(context: NativeContext, options: Pointer): void {
  const { api } = context.library;
  const settings = context.out("CUDA", (slot) => api.CreateCudaProviderOptions(slot));
  try {
    context.call("CUDA", api.SessionOptionsAppendExecutionProviderCuda(options, settings));
  } finally {
    api.ReleaseCudaProviderOptions(settings);
  }
}
