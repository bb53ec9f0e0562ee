/**
 * ONNX Runtime's C API as typed functions. The API is a table of function pointers whose order is append-only
 * (https://onnxruntime.ai/docs/api/c/struct_ort_api.html); a name's number here is its place in that table. Nothing checks a call
 * at run time, so the signatures below are what stands between a mistake and a crash: arguments are typed from them.
 */

/** An address, or a handle of the library. */
export type Pointer = bigint;

/** koffi's module, which is loaded on demand: some platforms have no build of it. */
export type Koffi = typeof import("koffi").default;

const SIGNATURES = {
  GetErrorCode: [1, "int", ["void *"]],
  GetErrorMessage: [2, "str", ["void *"]],
  CreateEnv: [3, "void *", ["int", "str", "void *"]],
  CreateSession: [7, "void *", ["void *", "path", "void *", "void *"]],
  CreateSessionFromArray: [8, "void *", ["void *", "void *", "size_t", "void *", "void *"]],
  Run: [9, "void *", ["void *", "void *", "void *", "void *", "size_t", "void *", "size_t", "void *"]],
  CreateSessionOptions: [10, "void *", ["void *"]],
  DisableMemPattern: [17, "void *", ["void *"]],
  SetSessionLogSeverityLevel: [22, "void *", ["void *", "int"]],
  SetSessionGraphOptimizationLevel: [23, "void *", ["void *", "int"]],
  SetIntraOpNumThreads: [24, "void *", ["void *", "int"]],
  SessionGetInputCount: [30, "void *", ["void *", "void *"]],
  SessionGetOutputCount: [31, "void *", ["void *", "void *"]],
  SessionGetInputTypeInfo: [33, "void *", ["void *", "size_t", "void *"]],
  SessionGetOutputTypeInfo: [34, "void *", ["void *", "size_t", "void *"]],
  SessionGetInputName: [36, "void *", ["void *", "size_t", "void *", "void *"]],
  SessionGetOutputName: [37, "void *", ["void *", "size_t", "void *", "void *"]],
  CreateRunOptions: [39, "void *", ["void *"]],
  RunOptionsSetRunLogSeverityLevel: [41, "void *", ["void *", "int"]],
  RunOptionsSetTerminate: [46, "void *", ["void *"]],
  RunOptionsUnsetTerminate: [47, "void *", ["void *"]],
  CreateTensorAsOrtValue: [48, "void *", ["void *", "void *", "size_t", "int", "void *"]],
  CreateTensorWithDataAsOrtValue: [49, "void *", ["void *", "void *", "size_t", "void *", "size_t", "int", "void *"]],
  IsTensor: [50, "void *", ["void *", "void *"]],
  GetTensorMutableData: [51, "void *", ["void *", "void *"]],
  CastTypeInfoToTensorInfo: [55, "void *", ["void *", "void *"]],
  GetTensorElementType: [60, "void *", ["void *", "void *"]],
  GetDimensionsCount: [61, "void *", ["void *", "void *"]],
  GetDimensions: [62, "void *", ["void *", "void *", "size_t"]],
  GetSymbolicDimensions: [63, "void *", ["void *", "void *", "size_t"]],
  GetTensorTypeAndShape: [65, "void *", ["void *", "void *"]],
  CreateMemoryInfo: [68, "void *", ["str", "int", "int", "int", "void *"]],
  CreateCpuMemoryInfo: [69, "void *", ["int", "int", "void *"]],
  AllocatorFree: [76, "void *", ["void *", "void *"]],
  GetAllocatorWithDefaultOptions: [78, "void *", ["void *"]],
  ReleaseEnv: [92, "void", ["void *"]],
  ReleaseStatus: [93, "void", ["void *"]],
  ReleaseMemoryInfo: [94, "void", ["void *"]],
  ReleaseSession: [95, "void", ["void *"]],
  ReleaseValue: [96, "void", ["void *"]],
  ReleaseRunOptions: [97, "void", ["void *"]],
  ReleaseTypeInfo: [98, "void", ["void *"]],
  ReleaseTensorTypeAndShapeInfo: [99, "void", ["void *"]],
  ReleaseSessionOptions: [100, "void", ["void *"]],
  AddSessionConfigEntry: [130, "void *", ["void *", "str", "str"]],
  CreateAllocator: [131, "void *", ["void *", "void *", "void *"]],
  ReleaseAllocator: [132, "void", ["void *"]],
  SessionOptionsAppendExecutionProviderCuda: [204, "void *", ["void *", "void *"]],
  CreateCudaProviderOptions: [205, "void *", ["void *"]],
  ReleaseCudaProviderOptions: [208, "void", ["void *"]],
  SessionOptionsAppendExecutionProvider: [216, "void *", ["void *", "str", "void *", "void *", "size_t"]],
  SessionOptionsSetLoadCancellationFlag: [293, "void *", ["void *", "bool"]],
} as const satisfies Readonly<Record<string, Signature>>;

/** The functions by name. Those that give `Pointer | null` give a status, null for success. */
export type OrtApi = { readonly [N in keyof typeof SIGNATURES]: NativeFunction<(typeof SIGNATURES)[N]> };

/** Reads the functions out of the table at `table`. */
export function readOrtApi(koffi: Koffi, table: Pointer): OrtApi {
  const size = 1 + Math.max(...Object.values(SIGNATURES).map(([position]) => position));
  const pointers = new BigUint64Array(koffi.view(table, size * BigUint64Array.BYTES_PER_ELEMENT));
  const entries = Object.entries(SIGNATURES).map(([name, [position, result, parameters]]) => {
    const proto = koffi.proto(result, parameters.map(cType));
    return [name, koffi.decode(pointers[position]!, proto)];
  });
  // The names come from SIGNATURES itself and each function was decoded with its own signature.
  return Object.fromEntries(entries) as OrtApi;
}

// --- internal ---

/** C types here and the JavaScript values that koffi turns them from and into. `path` is `ORTCHAR_T *`. */
interface CTypes {
  readonly "void *": Pointer | null;
  readonly bool: boolean;
  readonly int: number;
  readonly size_t: number;
  readonly str: string;
  readonly path: string;
  readonly void: undefined;
}

type Signature = readonly [position: number, result: keyof CTypes, parameters: readonly (keyof CTypes)[]];

type Arguments<P extends readonly (keyof CTypes)[]> = { -readonly [I in keyof P]: CTypes[P[I]] };

/** A C function: called in place, or by `async` on a worker thread. */
interface NativeFunction<S extends Signature> {
  (...parameters: Arguments<S[2]>): CTypes[S[1]];
  async(...parameters: [...Arguments<S[2]>, callback: (error: unknown, result: CTypes[S[1]]) => void]): void;
}

/** Windows file names are UTF-16 in this API, all others UTF-8. */
function cType(type: keyof CTypes): string {
  if (type !== "path") return type;
  return process.platform === "win32" ? "str16" : "str";
}
