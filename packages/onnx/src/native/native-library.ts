import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PalaverError } from "@palaver/core";
import type { LibraryHandle } from "koffi";
import { type HeapTrimmer, heapTrimmer } from "./heap-trimmer.ts";
import { requireKnownVersion } from "./known-version.ts";
import { type Koffi, type OrtApi, type Pointer, readOrtApi } from "./ort-api.ts";

const API_VERSION = 30;

// koffi calls C on a stack of its own. With 64 KiB a 135M decoder overflows it, with koffi's default for worker threads,
// 128 KiB, it does not; other graphs nest deeper. Pages count only once touched.
const ASYNC_STACK_BYTES = 4 * 1024 * 1024;

const FILE_NAMES: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: "libonnxruntime.so.1",
  darwin: "libonnxruntime.1.dylib",
  win32: "onnxruntime.dll",
};

/** ONNX Runtime, loaded into the process. */
export interface NativeLibrary {
  readonly koffi: Koffi;
  readonly api: OrtApi;
  readonly version: string;
  readonly trimHeap: HeapTrimmer;
  /** koffi unloads a library once its handle is collected, whatever was decoded from its memory: this keeps it. */
  readonly handle: LibraryHandle;
}

/** The path of the shared library inside the installed `onnxruntime-node`. @throws ERR_NOT_FOUND, ERR_UNSUPPORTED */
export function findNativeLibrary(): string {
  const name = FILE_NAMES[process.platform];
  const platform = `${process.platform}/${process.arch}`;
  const path = name === undefined ? undefined : join(packageFolder(), "bin/napi-v6", platform, name);
  if (path !== undefined && existsSync(path)) return path;
  throw new PalaverError("ERR_UNSUPPORTED", `onnxruntime-node has no library for ${platform}`, {
    details: { platform, path },
  });
}

/**
 * Loads the library at `path`, once a path for the life of the process: it is never unloaded, since its threads may live on.
 * @throws ERR_UNSUPPORTED if koffi or the library does not run here or is of another version; ERR_NOT_FOUND
 */
export function loadNativeLibrary(path: string): Promise<NativeLibrary> {
  const known = libraries.get(path);
  if (known !== undefined) return known;
  const loading = load(path);
  libraries.set(path, loading);
  loading.catch(() => libraries.delete(path)); // a failure may be mended: the next call tries again
  return loading;
}

// --- internal ---

const libraries = new Map<string, Promise<NativeLibrary>>();

function packageFolder(): string {
  try {
    // The entry point is `dist/index.js`; the package does not export its own package.json.
    return dirname(dirname(createRequire(import.meta.url).resolve("onnxruntime-node")));
  } catch (cause) {
    throw new PalaverError("ERR_NOT_FOUND", "onnxruntime-node is not installed: add onnxruntime-node@~1.30.0", {
      cause,
    });
  }
}

async function load(path: string): Promise<NativeLibrary> {
  if (!existsSync(path)) throw new PalaverError("ERR_NOT_FOUND", `there is no ONNX Runtime library at ${path}`);
  const koffi = await loadKoffi();
  let handle: LibraryHandle;
  let base: Pointer;
  try {
    handle = koffi.load(path);
    base = handle.func("OrtGetApiBase", "void *", [])();
  } catch (cause) {
    throw new PalaverError("ERR_UNSUPPORTED", `the ONNX Runtime library at ${path} does not load`, { cause });
  }
  // struct OrtApiBase { const OrtApi *(*GetApi)(uint32_t); const char *(*GetVersionString)(void); }
  const [getApi, getVersion] = new BigUint64Array(koffi.view(base, 16));
  const version: string = koffi.decode(getVersion, koffi.proto("str", []))();
  requireKnownVersion(version, path);
  const table: Pointer | null = koffi.decode(getApi, koffi.proto("void *", ["uint32_t"]))(API_VERSION);
  if (table === null) {
    throw new PalaverError(
      "ERR_UNSUPPORTED",
      `ONNX Runtime ${version} does not offer version ${API_VERSION} of its API`,
    );
  }
  return { koffi, api: readOrtApi(koffi, table), version, trimHeap: heapTrimmer(koffi), handle };
}

async function loadKoffi(): Promise<Koffi> {
  let koffi: Koffi;
  try {
    koffi = (await import("koffi")).default;
  } catch (cause) {
    throw new PalaverError("ERR_UNSUPPORTED", `koffi does not run on ${process.platform}/${process.arch}`, { cause });
  }
  enlargeStacks(koffi);
  return koffi;
}

function enlargeStacks(koffi: Koffi): void {
  const bytes = koffi.config().async_stack_size ?? 0;
  if (bytes >= ASYNC_STACK_BYTES) return;
  try {
    koffi.config({ async_stack_size: ASYNC_STACK_BYTES });
  } catch (cause) {
    // Its settings are fixed once any library is loaded, and an overflow would end the process.
    const message = `koffi was used before with stacks of ${bytes} bytes, ${ASYNC_STACK_BYTES} are needed: open the runtime first`;
    throw new PalaverError("ERR_UNSUPPORTED", message, { cause });
  }
}
