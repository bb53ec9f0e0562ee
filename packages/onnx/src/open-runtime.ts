import { isPalaverError, PalaverError, type Runtime } from "@palaver/core";
import { checkThreads } from "./check-threads.ts";
import { defaultThreads } from "./default-threads.ts";
import { DriverRuntime } from "./driver-runtime.ts";
import { openNativeDriver } from "./native/native-driver.ts";
import { openPortableDriver } from "./portable/portable-driver.ts";

/** Where graphs run. `auto` takes the best that works. */
export type Device = "auto" | "cpu" | "cuda" | "webgpu" | "coreml" | "dml";

/** How ONNX Runtime is reached. `auto` tries `native`, then `portable`. */
export type DriverName = "auto" | "native" | "portable";

export interface OpenRuntimeOptions {
  /** Default: `auto`, which is the CPU in this version. */
  readonly device?: Device;
  /** Threads inside one operation. Default: the physical cores that this process may use. */
  readonly threads?: number;
  /**
   * `native` calls ONNX Runtime's C API: runs leave the event loop free, stop at once when aborted and copy nothing.
   * `portable` goes through onnxruntime-node's binding: each run blocks the event loop and copies its outputs. Default: `auto`.
   */
  readonly driver?: DriverName;
  /** Path of ONNX Runtime's shared library for the native driver. Default: the one inside `onnxruntime-node`. */
  readonly libraryPath?: string;
  /** Hears why something slower than asked for was taken. Default: nobody does. */
  readonly onWarning?: (message: string) => void;
}

/**
 * Opens ONNX Runtime. A driver or device that is asked for by name is taken or refused, never replaced.
 * @throws ERR_NOT_FOUND if onnxruntime-node is missing, ERR_UNSUPPORTED if it does not fit, ERR_INVALID_ARGUMENT
 */
export async function openRuntime(options: OpenRuntimeOptions = {}): Promise<Runtime> {
  const { device = "auto", driver = "auto", libraryPath, onWarning } = options;
  const threads = checkThreads(options.threads ?? defaultThreads());
  requireCpu(device);
  if (driver === "portable") return new DriverRuntime(await openPortableDriver(), "cpu", threads);
  try {
    return new DriverRuntime(await openNativeDriver(libraryPath), "cpu", threads);
  } catch (error) {
    if (driver === "native" || !isPalaverError(error)) throw error;
    onWarning?.(`the portable driver runs in place of the native one, and blocks the event loop: ${error.message}`);
    return new DriverRuntime(await openPortableDriver(), "cpu", threads);
  }
}

// --- internal ---

function requireCpu(device: Device): void {
  switch (device) {
    case "auto":
    case "cpu":
      return;
    case "cuda":
    case "webgpu":
    case "coreml":
    case "dml":
      throw new PalaverError("ERR_UNSUPPORTED", `device ${device} is not supported yet: use cpu or auto`, {
        details: { device },
      });
    default:
      device satisfies never;
      throw new PalaverError("ERR_INVALID_ARGUMENT", `there is no device ${device}`);
  }
}
