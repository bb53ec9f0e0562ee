import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { isPalaverError, PalaverError, type Runtime } from "@palaver/core";
import { checkThreads } from "./check-threads.ts";
import { defaultThreads } from "./default-threads.ts";
import { DriverRuntime, type PassedOver } from "./driver-runtime.ts";
import { type DeviceName, NATIVE_DEVICES } from "./native/native-device.ts";
import { openNativeDriver } from "./native/native-driver.ts";
import { findNativeLibrary } from "./native/native-library.ts";
import { openPortableDriver } from "./portable/portable-driver.ts";

/** Where graphs run. `auto` is `cuda` where it works, else `cpu`; the others are taken by name only. */
export type Device = "auto" | DeviceName;

/** How ONNX Runtime is reached. `auto` tries `native`, then `portable`. */
export type DriverName = "auto" | "native" | "portable";

export interface OpenRuntimeOptions {
  /** Every device but the CPU needs the native driver. Default: `auto`. */
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
  /** Hears why something slower than asked for was taken, or a device that is installed was not. Default: nobody does. */
  readonly onWarning?: (message: string) => void;
}

/** A runtime, and what was tried before it. */
export interface OpenedRuntime extends Runtime {
  /** Devices that `auto` tried and did not take, with the reasons. */
  readonly passedOver: readonly PassedOver[];
}

/**
 * Opens ONNX Runtime. A driver or device that is asked for by name is taken or refused, never replaced.
 * @throws ERR_NOT_FOUND if onnxruntime-node is missing, ERR_UNSUPPORTED if it does not fit or the device does not work
 * here (saying how to get it), ERR_INVALID_ARGUMENT
 */
export async function openRuntime(options: OpenRuntimeOptions = {}): Promise<OpenedRuntime> {
  const { device = "auto", driver = "auto", onWarning } = options;
  const threads = checkThreads(options.threads ?? defaultThreads());
  if (device !== "auto" && !Object.hasOwn(NATIVE_DEVICES, device)) {
    throw new PalaverError("ERR_INVALID_ARGUMENT", `there is no device ${device}`);
  }
  const passedOver: PassedOver[] = [];
  if (driver === "portable") {
    if (device !== "auto" && device !== "cpu") throw refusal(device, "the portable driver runs on the CPU only");
    return new DriverRuntime(await openPortableDriver(), { device: "cpu", threads, passedOver });
  }
  try {
    const libraryPath = options.libraryPath ?? findNativeLibrary();
    const opened = device === "auto" ? await tryCuda(libraryPath, passedOver, onWarning) : undefined;
    if (opened !== undefined) return new DriverRuntime(opened, { device: "cuda", threads, passedOver });
    const name = device === "auto" ? "cpu" : device;
    return new DriverRuntime(await openDevice(libraryPath, name), { device: name, threads, passedOver });
  } catch (error) {
    if (driver === "native" || !isPalaverError(error) || (device !== "auto" && device !== "cpu")) throw error;
    onWarning?.(`the portable driver runs in place of the native one, and blocks the event loop: ${error.message}`);
    return new DriverRuntime(await openPortableDriver(), { device: "cpu", threads, passedOver });
  }
}

// --- internal ---

type NativeDriver = Awaited<ReturnType<typeof openNativeDriver>>;

/** @throws ERR_UNSUPPORTED with the way to get the device */
async function openDevice(libraryPath: string, device: DeviceName): Promise<NativeDriver> {
  if (device === "cuda" && !existsSync(cudaProvider(libraryPath))) {
    throw refusal(device, `there is no ${cudaProvider(libraryPath)}`); // ONNX Runtime would write that to stderr as well
  }
  try {
    return await openNativeDriver(libraryPath, device);
  } catch (error) {
    if (device === "cpu" || !isPalaverError(error)) throw error;
    throw refusal(device, error.message, error);
  }
}

/** CUDA if its provider is there and works. One that is there and does not work is worth a warning. */
async function tryCuda(
  libraryPath: string,
  passedOver: PassedOver[],
  onWarning: OpenRuntimeOptions["onWarning"],
): Promise<NativeDriver | undefined> {
  if (!existsSync(cudaProvider(libraryPath))) {
    passedOver.push({ device: "cuda", reason: `there is no ${cudaProvider(libraryPath)}` });
    return undefined;
  }
  try {
    return await openNativeDriver(libraryPath, "cuda");
  } catch (error) {
    if (!isPalaverError(error)) throw error;
    passedOver.push({ device: "cuda", reason: error.message });
    onWarning?.(`the CPU runs in place of cuda, which is installed and does not work: ${error.message}`);
    return undefined;
  }
}

/** Where ONNX Runtime looks for it: beside itself. */
function cudaProvider(libraryPath: string): string {
  return join(dirname(libraryPath), "libonnxruntime_providers_cuda.so");
}

function refusal(device: DeviceName, words: string, cause?: unknown): PalaverError {
  const { install } = NATIVE_DEVICES[device];
  const reason = words.replace(/\s+/g, " ").replace(/[. ]+$/, ""); // ONNX Runtime's have several lines
  return new PalaverError("ERR_UNSUPPORTED", `device ${device} does not work here: ${reason}; ${install}`, {
    cause,
    details: { device, reason },
  });
}
