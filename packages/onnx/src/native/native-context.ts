import { createRunQueue } from "../run-queue.ts";
import type { NativeDevice } from "./native-device.ts";
import type { NativeLibrary } from "./native-library.ts";
import type { Pointer } from "./ort-api.ts";
import { checkStatus, type NativeAction } from "./ort-status.ts";

// OrtLoggingLevel: fatal only. Every failure comes back as a status; a library does not write to stderr as well.
export const LOG_FATAL = 4;

/** The library with what every call of one runtime needs: its environment, its kind of memory, a place for results. */
export class NativeContext {
  readonly library: NativeLibrary;
  readonly device: NativeDevice;
  readonly env: Pointer;
  readonly memoryInfo: Pointer;
  /** ONNX Runtime's own allocator for names; lives as long as the library. */
  readonly allocator: Pointer;
  readonly #slot: Pointer;
  readonly #slotView: BigUint64Array;

  constructor(library: NativeLibrary, device: NativeDevice) {
    this.library = library;
    this.device = device;
    this.#slot = library.koffi.alloc("uint64_t", 1);
    this.#slotView = new BigUint64Array(library.koffi.view(this.#slot, 8));
    const { api } = library;
    this.env = this.out("environment", (slot) => api.CreateEnv(LOG_FATAL, "palaver", slot));
    // OrtArenaAllocator, OrtMemTypeDefault: the description that tensors over one's own memory carry.
    this.memoryInfo = this.out("memory info", (slot) => api.CreateCpuMemoryInfo(1, 0, slot));
    this.allocator = this.out("allocator", (slot) => api.GetAllocatorWithDefaultOptions(slot));
  }

  /** Calls a function that writes one pointer (or size) into `slot`, and gives it. @throws ERR_RUNTIME and the like */
  out(subject: string, call: (slot: Pointer) => Pointer | null, action: NativeAction = "call"): Pointer {
    this.#slotView[0] = 0n; // functions that give an int write half of the slot
    checkStatus(this.library.api, call(this.#slot), action, subject);
    return this.#slotView[0]!;
  }

  /** Calls a function that gives nothing but a status. */
  call(subject: string, status: Pointer | null, action: NativeAction = "call"): void {
    checkStatus(this.library.api, status, action, subject);
  }

  /**
   * Does `task` when the device may be used: where it takes one caller at a time, after all tasks before it, of this
   * runtime or another. An abort while it waits throws the signal's reason.
   */
  turn<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.device.serial ? serialTurns.push(task, signal) : task();
  }

  free(): void {
    const { api, koffi } = this.library;
    api.ReleaseMemoryInfo(this.memoryInfo);
    api.ReleaseEnv(this.env);
    koffi.free(this.#slot);
  }
}

// --- internal ---

// Sessions of such a device share one adapter, whose buffers and command queue are not guarded against other threads.
const serialTurns = createRunQueue();
